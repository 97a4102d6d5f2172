/** Runs Decant's runtime, one process for each piece of work. Seconds are those of whole processes. */
import { join } from "node:path";
import * as esbuild from "esbuild";
import { runTimed } from "./process.mjs";
import { cache } from "./tools.mjs";

export async function ours(threads) {
  const worker = join(cache, "worker.cjs");
  await esbuild.build({
    entryPoints: ["test/bench/worker.ts"], outfile: worker, bundle: true, platform: "node", format: "cjs", target: "node20",
    external: ["koffi", "node-llama-cpp"], logLevel: "error", minify: true,
  });
  async function timed(task, params) {
    const { stdout, seconds, cpu } = await runTimed(process.execPath, [worker, task, JSON.stringify({ ...params, threads })]);
    return { seconds, cpu, result: JSON.parse(/^RESULT (.*)$/m.exec(stdout)[1]) };
  }
  return {
    quantize: (input, output, type) => timed("quantize", { input, output, type }),
    async measure(params) {
      const { seconds, cpu, result } = await timed("measure", params);
      return { seconds, cpu, rows: result.rows };
    },
    speeds: async (path) => (await timed("speeds", { path })).result,
    train: (params) => timed("train", params),
    model: async (path, shape) => (await timed("model", { path, ...shape })).result,
  };
}
