/** Builds every bundle: host and runtime (cjs, Node), command line (cjs), one browser bundle per panel. */
import * as esbuild from "esbuild";
import { cp, mkdir, rm } from "node:fs/promises";
import { writeNotices } from "./scripts/notices.mjs";

const watch = process.argv.includes("--watch");
const production = process.argv.includes("--production");

const shared = {
  bundle: true,
  outdir: "dist",
  sourcemap: !production,
  minify: production,
  logLevel: "warning",
  metafile: true,
};
const node = { ...shared, platform: "node", format: "cjs", target: "node20" };

/** node-llama-cpp forks its own files and koffi carries binaries: both stay outside the bundles. */
const native = ["node-llama-cpp", "koffi"];

/** The readers of .docx and .pdf files are heavy: a bundle of their own, loaded when the first of them is read. */
const documents = {
  name: "documents",
  setup: (build) => build.onResolve({ filter: /^\.\/documents\/documentText$/ }, () => ({ path: "./documents.js", external: true })),
};

/**
 * Every import of a CommonJS module copies its names, and that of `vscode` has hundreds: with 63 files that import it a third of
 * the time that activation takes. Each module is copied once instead, and all files share the copy.
 */
const copiedOnce = {
  name: "copiedOnce",
  setup: (build) => {
    build.onResolve({ filter: /^(vscode$|node:)/ }, ({ path, namespace, kind }) =>
      kind === "import-statement" && namespace !== "copiedOnce" ? { path, namespace: "copiedOnce" } : { path, external: true });
    build.onLoad({ filter: /.*/, namespace: "copiedOnce" }, ({ path }) => ({ contents: `export * from "${path}";` }));
  },
};

const builds = [
  { ...node, entryPoints: { extension: "src/extension.ts" }, external: ["vscode", ...native], plugins: [copiedOnce] },
  { ...node, entryPoints: { runtime: "src/runtime/main.ts", cli: "src/cli.ts" }, external: native, plugins: [documents] },
  { ...node, entryPoints: { documents: "src/runtime/documents/documentText.ts" } },
  {
    ...shared,
    platform: "browser",
    format: "iife",
    target: "es2022",
    entryPoints: Object.fromEntries(["tradeoffs", "analysis", "inspector", "getModels", "meter", "lab"].map((panel) => [panel, `webview/${panel}/main.ts`])),
    outdir: "dist/webview",
    loader: { ".ttf": "file" },
  },
];

await rm("dist", { recursive: true, force: true });
await mkdir("dist/webview", { recursive: true });
await cp("node_modules/@vscode/codicons/dist/codicon.css", "dist/webview/codicon.css");
await cp("node_modules/@vscode/codicons/dist/codicon.ttf", "dist/webview/codicon.ttf");

if (watch) {
  for (const build of builds) await (await esbuild.context({ ...build, logLevel: "info" })).watch();
} else {
  const results = await Promise.all(builds.map((build) => esbuild.build(build)));
  await writeNotices(results.map(({ metafile }) => metafile), "dist/notices.txt");
}
