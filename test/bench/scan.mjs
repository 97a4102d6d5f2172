/**
 * How long the library takes to find 1,000 models in nested folders: all headers read, and all from the cache.
 *
 *   node test/bench/scan.mjs [FILES] [RUNS]
 *
 * Every file has the header of the sample model and a name of its own; its weights are a hole, which costs no disk.
 * Each run is a process of its own, so nothing is kept in memory; "cold" means without Decant's cache.
 */
import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { runTimed } from "./process.mjs";
import { median } from "./report.mjs";
import { cache } from "./tools.mjs";

const [files = 1000, runs = 5] = process.argv.slice(2).map(Number);
const sample = "media/models/contracts-5m-F16.gguf";
/** More than the sample model's header has (1.2 MB: it carries a classifier). */
const headerBytes = 2 ** 21;

await mkdir(cache, { recursive: true });
const worker = join(cache, "scanWorker.cjs");
await esbuild.build({ entryPoints: ["test/bench/scanWorker.ts"], outfile: worker, bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "error", minify: true });
const work = await mkdtemp(join(tmpdir(), "decant-scan-"));
try {
  await makeModels(join(work, "models"));
  const cacheFile = join(work, "headers.json");
  const cold = await timed("", true);
  await timed(cacheFile, false);
  const warm = await timed(cacheFile, true);
  console.log(`${files} files, ${cpus().length} cores (load ${loadavg()[0].toFixed(1)}), Node ${process.versions.node}: median (best) of ${runs} runs`);
  for (const [what, all] of [["cold", cold], ["from cache", warm]]) {
    const figures = (key) => `${(1000 * median(all.map((run) => run[key]))).toFixed(0)} ms (${(1000 * Math.min(...all.map((run) => run[key]))).toFixed(0)})`;
    console.log(`${what.padEnd(12)} scan ${figures("seconds")}, processor time of the whole process ${figures("cpu")}`);
  }

  async function timed(cacheFile, several) {
    const results = [];
    for (let run = 0; run < (several ? runs : 1); run++) {
      const { stdout, cpu } = await runTimed(process.execPath, [worker, cacheFile, join(work, "models")]);
      const result = JSON.parse(/^RESULT (.*)$/m.exec(stdout)[1]);
      if (result.files !== files || result.problems > 0) throw new Error(`Found ${JSON.stringify(result)} instead of ${files} models.`);
      results.push({ ...result, cpu });
    }
    return results;
  }
} finally {
  await rm(work, { recursive: true, force: true });
}

async function makeModels(folder) {
  const source = await open(sample);
  const { size } = await source.stat();
  const header = Buffer.alloc(Math.min(headerBytes, size));
  await source.read(header, 0, header.length, 0);
  await source.close();
  for (let index = 0; index < files; index++) {
    const place = join(folder, `publisher-${index % 20}`, `repository-${index % 100}`);
    await mkdir(place, { recursive: true });
    const handle = await open(join(place, `model-${index}-F16.gguf`), "w");
    await handle.write(header);
    await handle.truncate(size);
    await handle.close();
  }
}
