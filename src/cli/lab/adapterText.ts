import { formatBytes } from "../../core/format";
import type { AdapterInfo, ExtractedMatrix, ExtractResult, MergeResult } from "../../protocol/compression";
import type { MeasureResult } from "../../protocol/rpc";
import { formatCount, table } from "../table";
import { measuredTable } from "./measuredTable";

const worstShown = 5;

export function mergedText({ path, bytes, changed, notes, seconds }: MergeResult): string {
  return [`${path}: ${changed} matrices changed, ${formatBytes(bytes)}, ${seconds.toFixed(1)} s`, ...notes].join("\n");
}

/** The whole, and the matrices of which least was kept. */
export function extractedText({ path, bytes, matrices, energy, notes, seconds }: ExtractResult): string {
  const worst = [...matrices].sort((a, b) => a.energy - b.energy || (a.name < b.name ? -1 : 1)).slice(0, worstShown);
  const ranks = matrices.map(({ rank }) => rank);
  return [
    `${path}: ${matrices.length} matrices${ranks.length > 0 ? ` of rank ${between(Math.min(...ranks), Math.max(...ranks))}` : ""}, ${formatBytes(bytes)}, ${seconds.toFixed(1)} s`,
    `Kept energy: ${percent(energy)} of the squared difference`,
    ...(worst.some(({ energy: own }) => percent(own) !== percent(1)) ? ["", worst.length < matrices.length ? `The ${worst.length} that keep least:` : "Matrix by matrix:", table(["Matrix", "Rank", "Energy"], worst.map(row))] : []),
    ...(notes.length > 0 ? ["", ...notes] : []),
  ].join("\n");
}

function row({ name, rank, energy }: ExtractedMatrix): string[] {
  return [name, String(rank), percent(energy)];
}

export function inspectedText({ path, bytes, architecture, alpha, ranks, parameters, type, targets, matrices, steps, base }: AdapterInfo): string {
  const facts = [
    ["Architecture", architecture],
    ["Rank", between(...ranks)],
    ["Alpha", String(alpha)],
    ["Weights", `${formatCount(parameters)}, ${type}`],
    ["Changes", targets.join(", ")],
    ...(base === undefined ? [] : [["Made for", base]]),
    ...(steps.length === 0 ? [] : [["Made by", steps.join(" → ")]]),
  ];
  const strongest = [...matrices].sort((a, b) => b.norm - a.norm);
  return [
    `${path}: LoRA adapter, ${formatBytes(bytes)}`,
    table(["Fact", "Value"], facts),
    table(["Matrix", "Rank", "Norm of the change"], strongest.map(({ name, rank, norm }) => [name, String(rank), norm.toPrecision(4)])),
  ].join("\n\n");
}

export function comparedText(text: string, { rows, chunks, warning }: MeasureResult): string {
  return [`${text}: ${chunks} chunks`, measuredTable(rows), ...(warning ? [warning] : [])].join("\n\n");
}

function between(low: number, high: number): string {
  return low === high ? String(low) : `${low} to ${high}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
