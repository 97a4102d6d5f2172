/**
 * How long the library takes to find 1,000 models in nested folders: all headers read, and all from the cache.
 *
 *   node test/bench/scan.mjs [FILES] [RUNS]
 *
 * Once with a small header (32 tokens of vocabulary), once with that of the sample model (1.2 MB: 4,096 tokens and a
 * classifier). Every file has a name of its own; its weights are a hole, which costs no disk. Each run is a process of its
 * own, so nothing is kept in memory; "cold" means without Decant's cache.
 */
import { mkdir, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { runTimed } from "./process.mjs";
import { median } from "./report.mjs";
import { cache } from "./tools.mjs";

const [files = 1000, runs = 5] = process.argv.slice(2).map(Number);
const weights = 12 * 2 ** 20;

await mkdir(cache, { recursive: true });
const worker = join(cache, "scanWorker.cjs");
await esbuild.build({ entryPoints: ["test/bench/scanWorker.ts"], outfile: worker, bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "error", minify: true });
const work = await mkdtemp(join(tmpdir(), "decant-scan-"));
try {
  console.log(`${files} files, ${cpus().length} cores (load ${loadavg()[0].toFixed(1)}), Node ${process.versions.node}: median (best) of ${runs} runs`);
  await runTimed(process.execPath, [worker, "header", join(work, "small")]);
  await compare("small header", await readFile(join(work, "small")));
  await compare("sample model's header", (await readFile("media/models/contracts-5m-F16.gguf")).subarray(0, 2 ** 21));
} finally {
  await rm(work, { recursive: true, force: true });
}

async function compare(title, header) {
  const [folder, cacheFile] = [join(work, title), join(work, `${title}.json`)];
  await makeModels(folder, header);
  const cold = await timed("", folder, runs);
  await timed(cacheFile, folder, 1);
  const warm = await timed(cacheFile, folder, runs);
  for (const [what, all] of [["cold", cold], ["from cache", warm]]) {
    const figures = (key) => `${(1000 * median(all.map((run) => run[key]))).toFixed(0)} ms (${(1000 * Math.min(...all.map((run) => run[key]))).toFixed(0)})`;
    console.log(`${title}, ${what}: scan ${figures("seconds")}, processor time of the whole process ${figures("cpu")}`);
  }
}

async function timed(cacheFile, folder, times) {
  const results = [];
  for (let run = 0; run < times; run++) {
    const { stdout, cpu } = await runTimed(process.execPath, [worker, "scan", cacheFile, folder]);
    const result = JSON.parse(/^RESULT (.*)$/m.exec(stdout)[1]);
    if (result.files !== files || result.problems > 0) throw new Error(`Found ${JSON.stringify(result)} instead of ${files} models.`);
    results.push({ ...result, cpu });
  }
  return results;
}

async function makeModels(folder, header) {
  for (let index = 0; index < files; index++) {
    const place = join(folder, `publisher-${index % 20}`, `repository-${index % 100}`);
    await mkdir(place, { recursive: true });
    const handle = await open(join(place, `model-${index}-F16.gguf`), "w");
    await handle.write(header);
    await handle.truncate(header.length + weights);
    await handle.close();
  }
}
