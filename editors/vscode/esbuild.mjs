// One file for the editor to load; `vscode` itself is given by the editor.
import { copyFile, mkdir } from "node:fs/promises";
import { context } from "esbuild";

const watch = process.argv.includes("--watch");
const bundle = await context({
  entryPoints: ["src/extension.ts"],
  outfile: "out/extension.js",
  bundle: true,
  external: ["vscode"],
  format: "cjs",
  platform: "node",
  target: "node20",
  minify: !watch,
  sourcemap: watch,
  logLevel: "info",
});
await mkdir("out", { recursive: true });
await copyFile("../../grammar/prisma.tmLanguage.json", "out/prisma.tmLanguage.json");
await copyFile("../../LICENSE", "LICENSE");
if (watch) {
  await bundle.watch();
} else {
  await bundle.rebuild();
  await bundle.dispose();
}
