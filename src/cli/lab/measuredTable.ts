import { basename } from "node:path";
import { formatBytes } from "../../core/format";
import type { AdapterUse, MeasuredRow } from "../../protocol/model";
import { table } from "../table";

const headers = ["Model", "Size", "Bits", "Perplexity", "KL divergence", "Same top word", "Prompt t/s", "Generation t/s"];

/** Measured models, the original first. */
export function measuredTable(rows: readonly MeasuredRow[]): string {
  return table(headers, rows.map((row) => [
    rowName(row.path, row.adapters), formatBytes(row.bytes), row.bitsPerWeight.toFixed(2),
    `${row.perplexity.value.toFixed(4)} ± ${row.perplexity.error.toFixed(4)}`,
    row.kl ? `${row.kl.mean.toFixed(6)} ± ${row.kl.error.toFixed(6)}` : "–",
    row.top1Agreement === undefined ? "–" : `${(100 * row.top1Agreement).toFixed(2)} %`,
    row.promptTokensPerSecond.toFixed(0), row.generationTokensPerSecond.toFixed(0),
  ]));
}

/** "base.gguf", or "base.gguf + adapter.gguf × 0.5". */
function rowName(path: string, adapters: readonly AdapterUse[] = []): string {
  return [basename(path), ...adapters.map((use) => `${basename(use.path)}${use.scale === 1 ? "" : ` × ${use.scale}`}`)].join(" + ");
}
