/**
 * Measures what the compression lab does, on the sample model, and writes docs/lab-figures.md.
 *
 *   npm run lab -- [--text F|DIR] [--tools DIR] [--big] [--threads 2] [--quick] [--only drop,gptq] [--fresh] [--write docs/lab-figures.md]
 *
 * --text: what is learnt and calibrated on (the documents that ship with Decant); measured on media/samples/evaluation-text.txt.
 * --tools: folder of llama-perplexity and llama-finetune of the bundled release, for the comparisons with them.
 * --big: also the peak memory on a generated model of a billion weights (12 GB of disk space).
 * Each part's figures are kept in .cache/lab-figures and taken again, unless --fresh; so are files of a part that was interrupted.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decant } from "./lab/decant.mjs";
import { extracted, loraTrained, merged } from "./lab/figures/adapters.mjs";
import { chain } from "./lab/figures/chain.mjs";
import { dropBlock } from "./lab/figures/dropBlock.mjs";
import { memory } from "./lab/figures/memory.mjs";
import { rounding } from "./lab/figures/rounding.mjs";
import { sparsity } from "./lab/figures/sparsity.mjs";
import { speed } from "./lab/figures/speed.mjs";
import { students } from "./lab/figures/students.mjs";
import { learningText } from "./lab/learningText.mjs";
import { count } from "./lab/markdown.mjs";
import { bigModel, compareAdapter, trainingBench } from "./lab/peers.mjs";
import { labSettings, learntBytes } from "./lab/settings.mjs";
import { inRoot } from "./workbench/paths.mjs";
import { ensureBuilt } from "./workbench/setUp.mjs";

const parts = [dropBlock, students, rounding, sparsity, loraTrained, merged, extracted, chain, speed, memory];
const { values } = parseArgs({
  options: {
    text: { type: "string" }, tools: { type: "string" }, big: { type: "boolean", default: false }, threads: { type: "string", default: "2" }, quick: { type: "boolean", default: false },
    only: { type: "string" }, fresh: { type: "boolean", default: false }, write: { type: "string", default: inRoot("docs", "lab-figures.md") }, cli: { type: "string" },
  },
});
const only = values.only?.split(",");
const unknown = only?.find((id) => !parts.some((part) => part.id === id));
if (unknown !== undefined) throw new Error(`--only takes ${parts.map(({ id }) => id).join(", ")}, not "${unknown}".`);
if (values.cli === undefined) await ensureBuilt();

const threads = Number(values.threads);
const kept = inRoot(".cache", "lab-figures");
const base = inRoot("media", "models", "contracts-5m-F16.gguf");
const measuringText = inRoot("media", "samples", "evaluation-text.txt");
const learnt = await learningText(values.text, learntBytes(values.quick));
const { settings, reading } = labSettings({ quick: values.quick, measuringText, learntText: learnt.text });
const key = createHash("sha256").update(JSON.stringify([settings, reading, threads, learnt.text])).update(await readFile(base)).digest("hex").slice(0, 12);
const work = join(kept, key);
if (values.fresh) await rm(work, { recursive: true, force: true });
await mkdir(work, { recursive: true });
const learn = join(work, `${learnt.name}.txt`);
await writeFile(learn, learnt.text);

const call = decant(values.cli ?? inRoot("dist", "cli.js"), threads);
const context = { decant: call, base, learn, work, reading, settings, threads, bigModel };
if (values.tools !== undefined) {
  context.compareAdapter = (model, adapter) => compareAdapter({ tools: values.tools, model, adapter, threads, ...reading.peer });
  context.trainingBench = () => trainingBench({ tools: values.tools, threads, quick: values.quick });
} else context.compareAdapter = async () => undefined;

const sections = [];
let total = 0;
for (const part of parts) {
  const path = join(work, `${part.id}.figures.json`);
  const known = await readFile(path, "utf8").then(JSON.parse, () => undefined);
  const wanted = (only === undefined || only.includes(part.id)) && (part.needs === undefined || Boolean(values[part.needs]));
  if (!known && !wanted) continue;
  // One part that fails does not take the others' figures with it; it is measured again next time.
  const done = known ?? (await measured(part, path).catch((error) => {
    console.error(`${part.title}: ${error.message}`);
    process.exitCode = 1;
  }));
  if (!done) continue;
  total += done.seconds;
  sections.push(`## ${part.title}\n\n${part.page(done.figures)}\n\n*${Math.max(1, Math.round(done.seconds))} s in all.*`);
  console.error(`${part.title}: ${done.seconds.toFixed(0)} s${known ? ", kept from before" : ""}`);
}
const page = [
  "# What the compression lab does to the sample model",
  `Made by \`npm run lab\`. Learnt and calibrated on ${learnt.said}; measured on \`media/samples/evaluation-text.txt\`, which nothing here has learnt from, in ${reading.said}. KL divergence is from the original, in nats per token, mean ± standard error. Sample model: \`contracts-5m-F16.gguf\`, 5.3 million weights.`,
  `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${threads} thread${threads === 1 ? "" : "s"}, Node ${process.versions.node}. ${count(total)} s in all.${values.quick ? " **Quick settings: only a trial of the script.**" : ""}`,
  `Settings that differ from the defaults: one block: \`${settings.heal.join(" ")}\`; students: \`${settings.student.join(" ")}\`; adapter: \`${settings.lora.join(" ")}\`.`,
  ...sections,
].join("\n\n");
await writeFile(values.write, `${page}\n`);
console.log(page);

async function measured(part, path) {
  const started = performance.now();
  const figures = await part.run(context);
  const done = { seconds: (performance.now() - started) / 1000, figures };
  await writeFile(path, JSON.stringify(done));
  return done;
}
