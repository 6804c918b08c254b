// compress.ts — writes name.gz and name.br beside every file worth compressing, so that the server
// never compresses while a crowd waits. A file that does not shrink gets no twin.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import type { Plugin } from "vite";

const COMPRESSIBLE = /\.(html|js|css|svg|json|txt|webmanifest)$/;

function twin(path: string, plain: Buffer, packed: Buffer): void {
  if (packed.length < plain.length) writeFileSync(path, packed);
}

export function compress(): Plugin {
  let folder = "";
  return {
    name: "ticketrush-compress",
    apply: "build",
    enforce: "post",
    writeBundle(options) {
      folder = options.dir ?? "";
    },
    closeBundle() {
      if (folder === "") return; // the build failed before anything was written
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!COMPRESSIBLE.test(name)) continue;
        const path = join(folder, name);
        const plain = readFileSync(path);
        twin(`${path}.gz`, plain, gzipSync(plain, { level: 9 }));
        const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
        twin(`${path}.br`, plain, brotliCompressSync(plain, { params: quality }));
      }
    },
  };
}
