/**
 * Measures a model and levels made of it twice, with Decant and with llama.cpp's own llama-perplexity, and
 * prints both side by side (the figures of docs/measurements.md).
 *
 *   node scripts/compareWithLlamaCpp.mjs FOLDER [--model F] [--text F] [--types Q8_0,Q4_K_M,Q2_K] [--context 256] [--chunks 20] [--write docs/measurements.md]
 *
 * FOLDER holds llama-perplexity, built from the release that the runtime uses:
 *   git clone node_modules/node-llama-cpp/llama/gitRelease.bundle llama.cpp
 *   cmake -S llama.cpp -B llama.cpp/build -DLLAMA_CURL=OFF && cmake --build llama.cpp/build --target llama-perplexity
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import * as esbuild from "esbuild";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: "string" },
    text: { type: "string" },
    types: { type: "string", default: "Q8_0,Q4_K_M,Q2_K" },
    context: { type: "string", default: "256" },
    chunks: { type: "string", default: "20" },
    threads: { type: "string", default: "1" },
    write: { type: "string" },
  },
});
const [folder] = positionals;
if (!folder) throw new Error("Name the folder that holds llama-perplexity.");
const llamaPerplexity = join(resolve(folder), "llama-perplexity");
const model = values.model ?? (await only("media/models", /-F16\.gguf$/));
const textFile = values.text ?? (await only("media/samples", /\.(txt|md)$/));
const [context, chunks, threads] = [values.context, values.chunks, values.threads].map(Number);

const basePatterns = {
  perplexity: /Final estimate: PPL = ([\d.]+)/,
  error: /Final estimate: PPL = [\d.]+ \+\/- ([\d.]+)/,
};
const variantPatterns = {
  perplexity: /Mean PPL\(Q\)\s+:\s+([\d.]+)/,
  error: /Mean PPL\(Q\)\s+:\s+[\d.]+ ± +([\d.]+)/,
  kl: /Mean\s+KLD:\s+([-\d.]+)/,
  klError: /Mean\s+KLD:\s+[-\d.]+ ± +([-\d.]+)/,
  median: /Median\s+KLD:\s+([-\d.]+)/,
  p99: /99\.0%\s+KLD:\s+([-\d.]+)/,
  top: /Same top p:\s+([\d.]+)/,
};

const work = await mkdtemp(join(tmpdir(), "decant-compare-"));
try {
  const { measure, quantize } = await bundledRuntime();
  // llama-perplexity drops one newline at the end of its file.
  const text = (await readFile(textFile, "utf8")).trimEnd();
  const plain = join(work, "text.txt");
  await writeFile(plain, text);
  const signal = new AbortController().signal;

  const variants = [];
  for (const type of values.types.split(",")) {
    const output = join(work, `${type}.gguf`);
    await quantize({ input: model, output, type, threads }, () => {}, signal);
    variants.push(output);
  }
  const { rows, chunks: measured } = await measure({ base: model, variants, text, context, chunks, threads, generation: false }, () => {}, signal);

  const logits = join(work, "base.kld");
  const common = ["-c", `${context}`, "-b", `${context}`, "--chunks", `${measured}`, "-t", `${threads}`, "--no-escape"];
  const peers = [await peerFigures([...common, "-m", model, "-f", plain, "--kl-divergence-base", logits], basePatterns)];
  for (const path of variants) {
    peers.push(await peerFigures([...common, "-m", path, "--kl-divergence", "--kl-divergence-base", logits], variantPatterns));
  }
  const hash = createHash("sha256").update(await readFile(model)).digest("hex").slice(0, 12);
  const report = `Model ${basename(model)} (SHA-256 ${hash}…), text ${basename(textFile)}, ${measured} chunks of ${context} tokens, ${threads} thread(s).\n\n${table(rows, peers)}`;
  console.log(report);
  if (values.write) await replaceFigures(values.write, report);
} finally {
  await rm(work, { recursive: true, force: true });
}

/** Puts the report between the two marks of a document. */
async function replaceFigures(file, report) {
  const [begin, end] = ["<!-- figures -->\n", "\n<!-- end of figures -->"];
  const document = await readFile(file, "utf8");
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no marks for the figures.`);
  await writeFile(file, document.slice(0, from + begin.length) + report + document.slice(to));
}

async function only(where, pattern) {
  const found = (await readdir(where)).filter((name) => pattern.test(name));
  if (found.length === 0) throw new Error(`Nothing in ${where} matches ${pattern}: name a file.`);
  return join(where, found[0]);
}

/** The product's own evaluator and quantizer, bundled for plain Node inside the repository, where its modules resolve. */
async function bundledRuntime() {
  await mkdir(".cache", { recursive: true });
  const outfile = resolve(".cache/compareRuntime.cjs");
  await esbuild.build({
    stdin: { contents: 'export * from "./src/runtime/evaluation/evaluator"; export * from "./src/runtime/compression/quantizer";', resolveDir: ".", loader: "ts" },
    bundle: true, platform: "node", format: "cjs", target: "node20", external: ["koffi", "node-llama-cpp"], outfile, logLevel: "error",
  });
  return createRequire(import.meta.url)(outfile);
}

/**
 * Runs llama-perplexity and takes the numbers out of what it prints. It ends now and then before its log
 * thread has printed the last lines: then it is run again.
 */
async function peerFigures(args, patterns) {
  let output = "";
  for (let attempt = 0; attempt < 5; attempt++) {
    const { stdout, stderr } = await promisify(execFile)(llamaPerplexity, args, { maxBuffer: 1 << 28 });
    output = stdout + stderr;
    const found = Object.entries(patterns).map(([name, pattern]) => [name, Number(pattern.exec(output)?.[1])]);
    if (found.every(([, value]) => Number.isFinite(value))) return Object.fromEntries(found);
  }
  throw new Error(`llama-perplexity printed no figures:\n${output.slice(-2000)}`);
}

function table(rows, peers) {
  const lines = [
    "| level | bytes | perplexity: Decant | llama-perplexity | mean KL: Decant | llama-perplexity | median | llama-perplexity | 99 % | llama-perplexity | top-1: Decant | llama-perplexity |",
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
  ];
  for (const [index, { type, bytes, perplexity, kl, top1Agreement }] of rows.entries()) {
    const peer = peers[index];
    const divergences = kl
      ? [
          `${kl.mean.toFixed(6)} ± ${kl.error.toFixed(6)}`, `${peer.kl.toFixed(6)} ± ${peer.klError.toFixed(6)}`,
          kl.median.toFixed(6), peer.median.toFixed(6), kl.p99.toFixed(6), peer.p99.toFixed(6),
          `${(100 * top1Agreement).toFixed(3)} %`, `${peer.top.toFixed(3)} %`,
        ]
      : Array(8).fill("");
    const cells = [type, bytes, `${perplexity.value.toFixed(4)} ± ${perplexity.error.toFixed(4)}`, `${peer.perplexity.toFixed(4)} ± ${peer.error.toFixed(4)}`, ...divergences];
    lines.push(`| ${cells.join(" | ")} |`);
  }
  return lines.join("\n");
}
