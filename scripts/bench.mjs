/**
 * Compares Decant with llama.cpp's own tools on this machine, alternating, and writes docs/benchmarks.md.
 *
 *   npm run bench -- [--threads 1] [--runs 3] [--tools FOLDER] [--write docs/benchmarks.md]
 *
 * The tools are built once into .cache/bench (git, cmake and a C++ compiler are needed) unless FOLDER holds them.
 */
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { ours } from "../test/bench/ours.mjs";
import { figureTable, speedTable } from "../test/bench/report.mjs";
import { theirs } from "../test/bench/theirs.mjs";
import { cache, toolsIn } from "../test/bench/tools.mjs";

const { values } = parseArgs({
  options: { threads: { type: "string", default: "1" }, runs: { type: "string", default: "3" }, tools: { type: "string" }, write: { type: "string", default: "docs/benchmarks.md" } },
});
const [threads, runs] = [Number(values.threads), Number(values.runs)];

await mkdir(cache, { recursive: true });
const folder = await toolsIn(values.tools);
const [own, peer] = [await ours(threads), theirs(folder, threads)];
const work = await mkdtemp(join(tmpdir(), "decant-bench-"));
try {
  // llama-perplexity drops one newline at the end of its file.
  const text = (await readFile("media/samples/evaluation-text.txt", "utf8")).trimEnd();
  const textFile = join(work, "text.txt");
  await writeFile(textFile, text);
  const large = join(work, "random-F16.gguf");
  await own.model(large, { width: 1024, feedForward: 3072, blocks: 4, kvHeads: 8, extraTokens: 31741, contextLength: 512 });
  const load = loadavg()[0];
  const sections = [
    await compare("The sample model", { base: "media/models/contracts-5m-F16.gguf", context: 256, chunks: 15, textFile, levels: ["Q8_0", "Q4_K_M", "Q2_K"] }, true),
    await compare("Random weights, 32,000 tokens of vocabulary", { base: large, context: 512, chunks: 2, textFile, levels: ["Q8_0", "Q4_K_M"] }, false),
  ];
  const page = [
    "# Benchmarks",
    "Made by `npm run bench`; every figure of one table comes from one run, Decant and llama.cpp's tools taking turns. The tools are built from the source of the same release and linked with the libraries that Decant ships, so both sides run the same kernels. Times are those of whole processes, starting and loading included; processor time is what the system charged them, which other programs on the machine change less. Columns hold the median of " + runs + " runs, then the best one.",
    `${cpus()[0]?.model.trim()}, ${cpus().length} cores (load ${load.toFixed(1)} at the start), ${threads} thread(s), Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}.`,
    "- *Quantize*: `llama-quantize`. *Measure*: `llama-perplexity --kl-divergence-base` on the original and `--kl-divergence` on each level, with its default batch.\n- *Prompt* and *generation*: `llama-bench -p 512 -n 128`.\n- A ratio below 1 is better for seconds, above 1 for tokens per second.",
    ...sections,
  ].join("\n\n");
  await writeFile(values.write, `${page}\n`);
  console.log(page);
} finally {
  await rm(work, { recursive: true, force: true });
}

function timeRows(what, mine, other) {
  const row = (part, name) => ({ what: name, unit: "s", better: Math.min, ours: mine.map((run) => run[part]), theirs: other.map((run) => run[part]) });
  return [row("seconds", what), row("cpu", `${what}: processor time`)];
}

async function compare(title, { base, context, chunks, textFile, levels }, withFigures) {
  const variants = levels.map((type) => join(work, `${basename(base)}.${type}.gguf`));
  const rows = [];
  for (const [index, type] of levels.entries()) {
    const [mine, other] = [[], []];
    for (let run = 0; run < runs; run++) {
      await rm(variants[index], { force: true });
      mine.push(await own.quantize(base, variants[index], type));
      other.push(await peer.quantize(base, join(work, "theirs.gguf"), type));
    }
    rows.push(...timeRows(`quantize to ${type}`, mine, other));
  }
  const params = { base, variants, textFile, context, chunks, logits: join(work, "base.kld") };
  const [mine, other, speeds] = [[], [], { prompt: [[], []], generation: [[], []] }];
  let measured;
  for (let run = 0; run < runs; run++) {
    measured = await own.measure(params);
    mine.push(measured);
    other.push(await peer.measure(params));
  }
  const logits = (await stat(params.logits)).size;
  rows.push(...timeRows(`measure ${levels.length} levels, ${chunks} chunks of ${context}`, mine, other));
  for (const path of [base, variants[1]]) {
    for (const list of [...speeds.prompt, ...speeds.generation]) list.length = 0;
    for (let run = 0; run < runs; run++) {
      for (const [side, runner] of [own, peer].entries()) {
        const { prompt, generation } = await runner.speeds(path);
        speeds.prompt[side].push(prompt);
        speeds.generation[side].push(generation);
      }
    }
    for (const kind of ["prompt", "generation"]) rows.push({ what: `${kind}, ${path === base ? "F16" : levels[1]}`, unit: "tokens/s", better: Math.max, ours: [...speeds[kind][0]], theirs: [...speeds[kind][1]] });
  }
  const parts = [`## ${title}`, `${basename(base)}, ${((await stat(base)).size / 1e6).toFixed(0)} MB.`, speedTable(rows), `Logits on disk: Decant 0 bytes, llama-perplexity ${logits} bytes.`];
  if (withFigures) {
    const same = await peer.measure({ ...params, batch: 512 });
    parts.push("The figures themselves, with llama-perplexity reading 512 tokens at once (`-b 512`) as Decant does: cut otherwise, the kernels round otherwise. Its divergences carry the rounding of its 16-bit file.", figureTable(["F16", ...levels], measured.rows, same.rows));
  }
  console.log(`${title}: done.`);
  return parts.join("\n\n");
}
