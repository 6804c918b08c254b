// vite.config.ts — how the page is built: hashed names under /assets/, compressed ahead, kept small.
import { defineConfig } from "vite";

import { budget } from "./build/budget.ts";
import { compress } from "./build/compress.ts";

/* The page before the seat map: what a hundred thousand fans load in the same second. */
const ENTRY_GZIP_BYTES_MAX = 60 * 1024;

export default defineConfig({
  build: {
    target: "es2022",
    emptyOutDir: true, // --outDir may point outside this folder
    assetsInlineLimit: 0, // the server's content policy: everything is a file of its own
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  plugins: [budget(ENTRY_GZIP_BYTES_MAX), compress()],
  server: { proxy: { "/api": process.env["TICKETRUSH_API"] ?? "http://127.0.0.1:8080" } },
});
