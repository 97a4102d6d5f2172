/** Runs Decant's runtime, one process for each piece of work. Seconds are those of whole processes. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { cache } from "./tools.mjs";

export async function ours(threads) {
  const worker = join(cache, "worker.cjs");
  await esbuild.build({
    entryPoints: ["test/bench/worker.ts"], outfile: worker, bundle: true, platform: "node", format: "cjs", target: "node20",
    external: ["koffi", "node-llama-cpp"], logLevel: "error", minify: true,
  });
  async function timed(task, params) {
    const started = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, [worker, task, JSON.stringify({ ...params, threads })], { maxBuffer: 1 << 28 });
    const seconds = (performance.now() - started) / 1000;
    return { seconds, result: JSON.parse(/^RESULT (.*)$/m.exec(stdout)[1]) };
  }
  return {
    quantize: async (input, output, type) => (await timed("quantize", { input, output, type })).seconds,
    async measure(params) {
      const { seconds, result } = await timed("measure", params);
      return { seconds, rows: result.rows };
    },
    speeds: async (path) => (await timed("speeds", { path })).result,
    model: async (path, shape) => (await timed("model", { path, ...shape })).result,
  };
}
