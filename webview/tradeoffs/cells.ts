import type { TradeoffRow } from "../../src/protocol/panels";
import { type Child, h, icon, spoken } from "../dom";
import { formatBits, formatBytes, formatError, formatKl, formatPerplexity, formatRate, formatShare, missing, plural } from "../format";
import { fitMark } from "../fitMark";
import { progressRing, tag } from "../toolkit";
import type { ColumnId } from "./columns";
import { type Known, agreementOf, klOf, speedOf } from "./known";
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
      return [fitCell(row)];
    case "kl":
      return klCell(row);
    case "same":
      return [knownCell(agreementOf(row), (value) => formatShare(value))];
    case "perplexity":
      return perplexityCell(row);
    case "speed":
      return [speedCell(row)];
    case "f1":
      return [row.clauseF1 === undefined ? missing : row.clauseF1.toFixed(3)];
  }
  return column satisfies never;
}

/** `unfinished`: it rests on a part of the text. */
export function levelMarks(row: TradeoffRow, advised: boolean, unfinished: boolean): readonly Child[] {
  return [
    row.kind === "base" ? tag("original") : undefined,
    row.kind === "mix" ? tag("mix", "A mix of types, chosen tensor by tensor") : undefined,
    advised ? tag("take this") : undefined,
    row.existing ? h("span", { class: "exists", title: `Already made: ${row.existing}` }, icon("file-binary"), spoken("already made")) : undefined,
    unfinished && row.measured ? tag(`after ${plural(row.measured.chunks, "chunk")}`, "Rests on the beginning of the text only, unlike rows measured to the end: go on to finish it") : undefined,
    statusMark(row),
  ];
}

function statusMark(row: TradeoffRow): HTMLElement | undefined {
  if (row.status === "measuring") return h("span", { class: "with-icon", title: "Being measured" }, progressRing(), spoken("being measured"));
  if (row.status === "waiting") return h("span", { class: "with-icon dim", title: "Waits to be measured" }, icon("clock"), spoken("waits to be measured"));
  if (row.status === "failed") return h("span", { class: "with-icon", title: row.problem }, icon("error", "poor"), spoken("failed"));
  return undefined;
}

function fallbackMark(count: number): HTMLElement {
  return h("span", { class: "fallbacks dim", title: `${plural(count, "tensor")} kept in a larger type, because the rows do not divide into this level's blocks` }, "*", spoken(`${plural(count, "tensor")} in a larger type`));
}

function fitCell({ fit, gpuLayers }: TradeoffRow): Child {
  if (!fit) return missing;
  return fitMark(fit, fit === "partial" && gpuLayers ? `${gpuLayers.fit} of ${gpuLayers.all} layers` : undefined);
}

/** A foretold number is slanted, has a tilde, and says its interval. */
function knownCell(known: Known | undefined, format: (value: number) => string, title?: string): Child {
  if (!known) return missing;
  if (!known.foretold) return h("span", { title }, format(known.value));
  const words = `foretold, between ${format(known.low)} and ${format(known.high)}`;
  return h("em", { class: "foretold", title: `Not measured: ${words}` }, `~${format(known.value)}`, spoken(` ${words}`));
}

/** The bar is logarithmic, from 0.0005 (nothing to notice) to 1 nat (another model). */
function klCell(row: TradeoffRow): readonly Child[] {
  const kl = klOf(row);
  if (!kl) return [missing];
  const [low, high] = [Math.log10(5e-4), 0];
  const share = Math.min(1, Math.max(0.04, (Math.log10(Math.max(kl.value, 1e-9)) - low) / (high - low)));
  const tone = kl.value <= 0.03 ? "good" : kl.value <= 0.1 ? "fair" : "poor";
  const measured = row.measured?.kl;
  const title = measured && `± ${formatKl(measured.error)}, median ${formatKl(measured.median)}, 99th percentile ${formatKl(measured.p99)}`;
  return [
    knownCell(kl, formatKl, title),
    h("span", { class: kl.foretold ? "kl-bar hollow" : "kl-bar", "aria-hidden": "true" }, h("i", { class: tone, style: { width: `${Math.round(100 * share)}%` } })),
  ];
}

function perplexityCell(row: TradeoffRow): readonly Child[] {
  const perplexity = row.measured?.perplexity;
  if (!perplexity) return [missing];
  return [formatPerplexity(perplexity.value), h("span", { class: "dim error" }, ` ± ${formatError(perplexity.error)}`)];
}

/** What was foretold is what the memory's speed allows at most. */
function speedCell(row: TradeoffRow): Child {
  const speed = speedOf(row);
  if (!speed) return missing;
  const prompt = row.measured?.promptTokensPerSecond;
  if (!speed.foretold) return h("span", { title: prompt ? `Reads ${formatRate(prompt)} tokens per second` : undefined }, formatRate(speed.value));
  return h("em", { class: "foretold", title: "Not measured: at most, by the speed of the memory" }, `~${formatRate(speed.value)}`, spoken(" foretold, at most"));
}
