/**
 * Perplexity of a model, and of it with an adapter attached, by Decant and by llama.cpp's llama-perplexity --lora, linked with the
 * libraries that Decant ships. Linux only.
 *
 *   node scripts/lab/compareAdapter.mjs MODEL ADAPTER [--text FILE] [--context 256] [--chunks 15] [--threads 1] [--tools FOLDER] [--json]
 *
 * Without FOLDER the tools are built once (some minutes). Prints [{ name, decant, llama }] with --json.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { runTimed } from "../../test/bench/process.mjs";
import { cache, toolsIn } from "../../test/bench/tools.mjs";
import { inRoot } from "../workbench/paths.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    text: { type: "string", default: inRoot("media", "samples", "evaluation-text.txt") }, context: { type: "string", default: "256" }, chunks: { type: "string", default: "15" },
    threads: { type: "string", default: "1" }, tools: { type: "string" }, json: { type: "boolean", default: false },
  },
});
const [model, adapter] = positionals.map((path) => resolve(path));
if (adapter === undefined) throw new Error("Usage: node scripts/lab/compareAdapter.mjs MODEL ADAPTER [--text FILE] [--tools FOLDER] [--json]");
const textFile = resolve(values.text);
const built = values.tools && resolve(values.tools);
process.chdir(inRoot());
const tools = await toolsIn(built);
const work = await mkdtemp(join(tmpdir(), "decant-compare-"));
try {
  // llama-perplexity drops one newline at the end of its file.
  const text = (await readFile(textFile, "utf8")).trimEnd();
  await writeFile(join(work, "text.txt"), text);
  const [own, ownAdapted] = await decant(text);
  const rows = [
    { name: "base", decant: own, llama: await llama([]) },
    { name: "base + adapter", decant: ownAdapted, llama: await llama(["--lora", adapter]) },
  ];
  if (values.json) console.log(JSON.stringify(rows));
  else for (const { name, decant: ours, llama: theirs } of rows) console.log(`${name}: Decant ${ours.toFixed(4)}, llama-perplexity ${theirs.toFixed(4)}`);
} finally {
  await rm(work, { recursive: true, force: true });
}

/** Both perplexities by the runtime's own measuring. */
async function decant(text) {
  const worker = join(cache, "adapterWorker.cjs");
  const contents = `
    import { measure } from "./src/runtime/evaluation/evaluator";
    import { readFileSync } from "node:fs";
    measure(JSON.parse(readFileSync(process.argv[2], "utf8")), () => {}, new AbortController().signal)
      .then(({ rows }) => process.stdout.write("\\nRESULT " + JSON.stringify(rows.map(({ perplexity }) => perplexity.value)) + "\\n"));`;
  await esbuild.build({
    stdin: { contents, resolveDir: inRoot(), loader: "ts" }, outfile: worker, bundle: true, platform: "node", format: "cjs", target: "node20", external: ["koffi", "node-llama-cpp"], logLevel: "error",
  });
  const params = { base: model, variants: [], adapted: [{ path: model, adapters: [{ path: adapter, scale: 1 }] }], text, context: Number(values.context), chunks: Number(values.chunks), threads: Number(values.threads), generation: false };
  await writeFile(join(work, "params.json"), JSON.stringify(params));
  const { stdout } = await runTimed(process.execPath, [worker, join(work, "params.json")]);
  return JSON.parse(/^RESULT (.*)$/m.exec(stdout)[1]);
}

async function llama(more) {
  const args = ["-m", model, "-f", join(work, "text.txt"), "-c", values.context, "--chunks", values.chunks, "-t", values.threads, "--no-escape", ...more];
  // It ends now and then before its log thread has printed the last lines.
  for (let attempt = 0; attempt < 5; attempt++) {
    const { stdout, stderr } = await runTimed(join(tools, "llama-perplexity"), args, { LD_LIBRARY_PATH: tools });
    const perplexity = Number(/Final estimate: PPL = ([\d.]+)/.exec(stdout + stderr)?.[1]);
    if (Number.isFinite(perplexity)) return perplexity;
  }
  throw new Error("llama-perplexity did not print a perplexity.");
}
