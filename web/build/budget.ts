// budget.ts — fails the build when the page grows past what it may weigh before the seat map.
//
// Counted is what index.html makes a browser load: the entry, everything it imports statically,
// and their styles, each gzipped as it travels. Lazy chunks are not counted.
import { gzipSync } from "node:zlib";

import type { Plugin, Rolldown } from "vite";

function fileBytes(file: Rolldown.OutputChunk | Rolldown.OutputAsset): Uint8Array | string {
  return file.type === "chunk" ? file.code : file.source;
}

function reach(bundle: Rolldown.OutputBundle, name: string, found: Set<string>): void {
  const file = bundle[name];
  if (!file || found.has(name)) return;
  found.add(name);
  if (file.type !== "chunk") return;
  for (const style of file.viteMetadata?.importedCss ?? []) found.add(style);
  for (const next of file.imports) reach(bundle, next, found);
}

export function budget(gzipBytesMax: number): Plugin {
  return {
    name: "ticketrush-budget",
    apply: "build",
    enforce: "post",
    writeBundle(_options, bundle) {
      const found = new Set<string>();
      for (const [name, file] of Object.entries(bundle))
        if (file.type === "chunk" && file.isEntry) reach(bundle, name, found);

      let totalBytes = 0;
      for (const name of found) {
        const file = bundle[name];
        if (file) totalBytes += gzipSync(fileBytes(file), { level: 9 }).length;
      }
      const said = `${totalBytes} of ${gzipBytesMax} bytes, gzipped, before the seat map`;
      if (totalBytes === 0) this.error("budget: no entry was found, so nothing was weighed");
      if (totalBytes > gzipBytesMax) this.error(`budget: too heavy, ${said}`);
      console.log(`budget: ${said}`);
    },
  };
}
