import type { BlockRanking } from "../../protocol/compression";
import { table } from "../table";

const barWidth = 30;

/** One line per block, with a bar as long as what it does compared with the most important one. */
export function rankingTable({ blocks, perplexity }: BlockRanking): string {
  const leftOut = blocks.some(({ without }) => without);
  const most = Math.max(...blocks.map(({ influence }) => influence), 0);
  const headers = ["Block", "Influence", ...(leftOut ? ["Perplexity without", "KL without"] : []), ""];
  const rows = blocks.map(({ block, influence, without }) => [
    String(block),
    influence.toFixed(4),
    ...(leftOut ? [without ? without.perplexity.toFixed(3) : "–", without ? without.kl.toPrecision(3) : "–"] : []),
    bar(influence, most),
  ]);
  return [table(headers, rows), ...(perplexity === undefined ? [] : [`Perplexity of the whole model: ${perplexity.toFixed(3)}`])].join("\n\n");
}

function bar(value: number, most: number): string {
  return most > 0 && value > 0 ? "█".repeat(Math.max(1, Math.round((barWidth * value) / most))) : "";
}
