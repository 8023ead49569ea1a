/** Builds one classic script, so that a single tag on any page is enough. */
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2021",
    lib: { entry: "src/index.ts", formats: ["iife"], name: "CareerChat", fileName: () => "widget.js" },
    outDir: "dist",
    emptyOutDir: true,
    minify: "esbuild",
    sourcemap: false,
  },
});
