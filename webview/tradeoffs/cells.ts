import type { Fit, RowStatus, TradeoffRow } from "../../src/protocol/panels";
import { type Child, h, icon, spoken } from "../dom";
import { formatBits, formatBytes, formatError, formatKl, formatPerplexity, formatRate, formatShare, missing, plural } from "../format";
import { progressRing, tag } from "../toolkit";
import type { ColumnId } from "./columns";
import { memoryOf } from "./rows";

/** What stands in one cell of a row; the level's own cell is the row's. */
export function cellContent(column: Exclude<ColumnId, "level">, row: TradeoffRow): readonly Child[] {
  switch (column) {
    case "size":
      return [formatBytes(row.size?.bytes)];
    case "bits":
      return [formatBits(row.size?.bitsPerWeight), ...(row.size?.fallbacks ? [fallbackMark(row.size.fallbacks)] : [])];
    case "memory":
      return [formatBytes(memoryOf(row), 1)];
    case "fit":
      return row.fit ? [fitWords(row.fit)] : [missing];
    case "kl":
      return klCell(row);
    case "same":
      return [formatShare(row.measured?.top1Agreement)];
    case "perplexity":
      return perplexityCell(row);
    case "prompt":
      return [formatRate(row.measured?.promptTokensPerSecond)];
    case "generation":
      return [formatRate(row.measured?.generationTokensPerSecond)];
    case "status":
      return [statusWords(row)];
  }
  return column satisfies never;
}

export function levelMarks(row: TradeoffRow, advised: boolean): readonly Child[] {
  return [
    row.isBase ? tag("original") : undefined,
    advised ? tag("take this") : undefined,
    row.existing ? h("span", { class: "exists", title: `Already made: ${row.existing}` }, icon("file-binary"), spoken("already made")) : undefined,
  ];
}

function fallbackMark(count: number): HTMLElement {
  return h("span", { class: "fallbacks dim", title: `${plural(count, "tensor")} kept in a larger type, because the rows do not divide into this level's blocks` }, "*", spoken(`${plural(count, "tensor")} in a larger type`));
}

const fits = {
  gpu: { icon: "pass", words: "GPU", class: "good", title: "Runs wholly on the GPU" },
  ram: { icon: "pass", words: "RAM", class: "good", title: "Runs in memory, on the processor" },
  tight: { icon: "warning", words: "Tight", class: "fair", title: "Runs in memory with little to spare" },
  no: { icon: "error", words: "Too large", class: "poor", title: "Does not fit into this machine's memory" },
} as const satisfies Record<Fit, { icon: string; words: string; class: string; title: string }>;

function fitWords(fit: Fit): HTMLElement {
  const { icon: name, words, class: tone, title } = fits[fit];
  return h("span", { class: "with-icon", title }, icon(name, tone), words);
}

/** The bar is logarithmic, from 0.0005 (nothing to notice) to 1 nat (another model). */
function klCell(row: TradeoffRow): readonly Child[] {
  const kl = row.measured?.kl;
  if (!kl) return [missing];
  const [low, high] = [Math.log10(5e-4), 0];
  const share = Math.min(1, Math.max(0.04, (Math.log10(Math.max(kl.mean, 1e-9)) - low) / (high - low)));
  const tone = kl.mean <= 0.03 ? "good" : kl.mean <= 0.1 ? "fair" : "poor";
  return [
    h("span", { title: `± ${formatKl(kl.error)}, median ${formatKl(kl.median)}, 99th percentile ${formatKl(kl.p99)}` }, formatKl(kl.mean)),
    h("span", { class: "kl-bar", "aria-hidden": "true" }, h("i", { class: tone, style: { width: `${Math.round(100 * share)}%` } })),
  ];
}

function perplexityCell(row: TradeoffRow): readonly Child[] {
  const perplexity = row.measured?.perplexity;
  if (!perplexity) return [missing];
  return [formatPerplexity(perplexity.value), h("span", { class: "dim error" }, ` ± ${formatError(perplexity.error)}`)];
}

const statuses = {
  unmeasured: { words: "Not yet", tone: "dim", icon: "circle-outline" },
  waiting: { words: "Waiting", tone: "dim", icon: "clock" },
  measuring: { words: "Measuring", tone: "", icon: "" },
  measured: { words: "Measured", tone: "good", icon: "check" },
  failed: { words: "Failed", tone: "poor", icon: "error" },
} as const satisfies Record<RowStatus, { words: string; tone: string; icon: string }>;

function statusWords(row: TradeoffRow): HTMLElement {
  if (row.status === "unmeasured" && row.problem) {
    return h("span", { class: "with-icon dim", title: row.problem }, icon("circle-slash"), h("span", { class: "status-words" }, "Not possible"));
  }
  const { words, tone, icon: name } = statuses[row.status];
  return h("span", { class: `with-icon ${tone === "dim" ? "dim" : ""}`, title: row.problem }, row.status === "measuring" ? progressRing() : icon(name, tone), h("span", { class: "status-words" }, words));
}
