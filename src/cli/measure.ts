import { basename, resolve } from "node:path";
import { HumanError } from "../protocol/humanError";
import type { AdapterUse, Measurement } from "../protocol/model";
import { type Command, json, optionalCount, optionalPath, requireText, severalTexts } from "./command";
import { measuredTable } from "./lab/measuredTable";
import { readTexts } from "./textFolder";

export const measure: Command = {
  name: "measure",
  usage: "measure BASE VARIANT… --text F [--lora ADAPTER[:SCALE] [--at MODEL]] [--context N] [--chunks N]",
  summary: "Perplexity, KL divergence, agreement and speed of variants against their original",
  details: [
    "  --lora A[:SCALE]  measures the base with this adapter as one more row; given several times, with all of them",
    "  --at MODEL        … with the adapter at this model instead, e.g. a quantized one",
  ],
  options: { at: { type: "string" }, lora: { type: "string", multiple: true }, text: { type: "string" }, context: { type: "string" }, chunks: { type: "string" } },
  async run(invocation) {
    const { services, output, token } = invocation;
    const [base, ...variants] = invocation.positionals.map((path) => resolve(path));
    if (base === undefined) throw new HumanError("badArgument", "Say which base model, and which variants to hold against it.");
    const textPath = requireText(invocation, "text", "contract.md");
    const text = (await readTexts([textPath])).map((one) => one.text).join("\n\n");
    const context = optionalCount(invocation, "context") ?? 512;
    const chunks = optionalCount(invocation, "chunks");
    const adapters = severalTexts(invocation, "lora").map(adapterUse);
    const at = optionalPath(invocation, "at") ?? base;
    if (at !== base && adapters.length === 0) throw new HumanError("badArgument", "--at goes with --lora.");
    const job = services.runtime.measure({
      base, variants, text, context, chunks, threads: services.threads(), generation: true, otherShapes: true, ...(adapters.length > 0 && { adapted: [{ path: at, adapters }] }),
    }, token);
    for await (const event of job) {
      if (event.kind === "progress") {
        output.progress(`Chunk ${event.progress.chunks} of ${event.progress.totalChunks}`);
        continue;
      }
      const measurement: Measurement = { text: basename(textPath), context, chunks: event.result.chunks, rows: event.result.rows };
      const { warning } = event.result;
      output.result(invocation.json ? json({ ...measurement, warning }) : [describe(measurement), ...(warning ? [warning] : [])].join("\n\n"));
    }
  },
};

function describe({ text, context, chunks, rows }: Measurement): string {
  return `${text}: ${chunks} chunks of ${context} tokens\n\n${measuredTable(rows)}`;
}

/** "adapter.gguf" or "adapter.gguf:0.5"; a number after the last colon is its scale. */
export function adapterUse(word: string): AdapterUse {
  const [, path, scale] = /^(.+?)(?::(-?(?:\d+\.?\d*|\.\d+)))?$/.exec(word) ?? [];
  if (path === undefined) throw new HumanError("badArgument", "--lora takes an adapter, or one with a scale: adapter.gguf:0.5.");
  return { path: resolve(path), scale: scale === undefined ? 1 : Number(scale) };
}
