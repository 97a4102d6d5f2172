import { basename, resolve } from "node:path";
import { HumanError } from "../protocol/humanError";
import type { MeasuredRow, Measurement } from "../protocol/model";
import { type Command, json, optionalCount, requireText } from "./command";
import { readTexts } from "./textFolder";
import { formatBytes } from "../core/format";
import { table } from "./table";

export const measure: Command = {
  name: "measure",
  usage: "measure BASE VARIANT… --text F [--context N] [--chunks N]",
  summary: "Perplexity, KL divergence, agreement and speed of variants against their original",
  options: { text: { type: "string" }, context: { type: "string" }, chunks: { type: "string" } },
  async run(invocation) {
    const { services, output, token } = invocation;
    const [base, ...variants] = invocation.positionals.map((path) => resolve(path));
    if (base === undefined) throw new HumanError("badArgument", "Say which base model, and which variants to hold against it.");
    const textPath = requireText(invocation, "text", "contract.md");
    const text = (await readTexts([textPath])).map((one) => one.text).join("\n\n");
    const context = optionalCount(invocation, "context") ?? 512;
    const chunks = optionalCount(invocation, "chunks");
    const job = services.runtime.measure({ base, variants, text, context, chunks, threads: services.threads(), generation: true }, token);
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
  const cells = (row: MeasuredRow): string[] => [
    basename(row.path), formatBytes(row.bytes), row.bitsPerWeight.toFixed(2),
    `${row.perplexity.value.toFixed(4)} ± ${row.perplexity.error.toFixed(4)}`,
    row.kl ? `${row.kl.mean.toFixed(6)} ± ${row.kl.error.toFixed(6)}` : "–",
    row.top1Agreement === undefined ? "–" : `${(100 * row.top1Agreement).toFixed(2)} %`,
    row.promptTokensPerSecond.toFixed(0), row.generationTokensPerSecond.toFixed(0),
  ];
  const headers = ["Model", "Size", "Bits", "Perplexity", "KL divergence", "Same top word", "Prompt t/s", "Generation t/s"];
  return `${text}: ${chunks} chunks of ${context} tokens\n\n${table(headers, rows.map(cells))}`;
}
