import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const root = resolve(__dirname, "../..");

/**
 * Bundles the runtime as esbuild.mjs does, to a file of its own inside the repository, where its packages are found.
 * dist/ is left alone: somebody may be using it.
 */
export async function buildRuntime(): Promise<string> {
  const folder = join(root, ".cache", "test-runtime");
  const path = join(folder, "runtime.js");
  const own = join(folder, `runtime-${process.pid}.js`);
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [join(root, "src/runtime/main.ts")],
    outfile: own,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    external: ["node-llama-cpp", "koffi"],
    logLevel: "warning",
  });
  renameSync(own, path);
  return path;
}

/** The model that ships with the extension, whatever its size is called. */
export function sampleModel(): string {
  const folder = join(root, "media", "models");
  const name = readdirSync(folder).find((file) => /^contracts-.*-F16\.gguf$/.test(file));
  if (!name) throw new Error(`There is no sample model in ${folder}.`);
  return join(folder, name);
}
