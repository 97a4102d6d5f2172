import type { BlockRanking } from "../../src/protocol/compression";
import { formatKl, formatPerplexity } from "../format";

export const importanceMeasures = ["influence", "kl", "perplexity"] as const;
export type ImportanceMeasure = (typeof importanceMeasures)[number];

export const measureNames = {
  influence: { label: "Influence", axis: "Block influence", title: "1 − cosine of what goes into a block and what comes out: how much it changes the text's hidden state" },
  kl: { label: "KL without it", axis: "KL without it, nats/token", title: "How far the model's next-token distribution moves when the block is left out" },
  perplexity: { label: "Perplexity without it", axis: "Perplexity without it, added", title: "How much the perplexity grows when the block is left out" },
} as const satisfies Record<ImportanceMeasure, { label: string; axis: string; title: string }>;

export interface ImportanceBar {
  readonly block: number;
  /** Perplexity: above that of the whole model. */
  readonly value: number;
  readonly dropped: boolean;
  readonly description: string;
}

export function measuresOf(ranking: BlockRanking): readonly ImportanceMeasure[] {
  const leftOut = ranking.blocks.length > 0 && ranking.blocks.every(({ without }) => without);
  return leftOut ? importanceMeasures : ["influence"];
}

/** `sorted`: the least important first; otherwise by block number. */
export function importanceBars(ranking: BlockRanking, measure: ImportanceMeasure, sorted: boolean, dropped: readonly number[]): readonly ImportanceBar[] {
  const bars = ranking.blocks.map((importance) => {
    const { block, influence, without } = importance;
    const value = measure === "influence" ? influence : measure === "kl" ? (without?.kl ?? 0) : (without?.perplexity ?? 0) - (ranking.perplexity ?? 0);
    const isDropped = dropped.includes(block);
    const words = [`Block ${block}`, `influence ${formatKl(influence)}`, ...(without ? [`without it KL ${formatKl(without.kl)} and perplexity ${formatPerplexity(without.perplexity)}`] : []), isDropped ? "dropped" : "kept"];
    return { block, value, dropped: isDropped, description: words.join(", ") };
  });
  return sorted ? bars.sort((a, b) => a.value - b.value || a.block - b.block) : bars;
}
