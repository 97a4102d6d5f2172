import { paretoFront } from "../../src/core/evaluation/pareto";
import type { TradeoffsSnapshot } from "../../src/protocol/panels";
import { formatBytes, formatKl, formatShare } from "../format";
import { type RowKey, rowKey } from "./rows";

/** All that the chart draws. */
export interface ChartData {
  readonly points: readonly ChartPoint[];
  /** Sizes of the levels that wait to be measured. */
  readonly unmeasured: readonly number[];
  /** File size that parts the levels that fit on the GPU (or in memory) from those that do not. */
  readonly limit?: { readonly bytes: number; readonly words: string };
  readonly measuring: boolean;
}

/** A measured level in the chart's plane. */
export interface ChartPoint {
  readonly key: RowKey;
  readonly label: string;
  readonly bytes: number;
  /** Mean KL divergence, at least `smallestKl` so that a logarithmic axis can show it. */
  readonly kl: number;
  /** One standard error below and above, held above `smallestKl`. */
  readonly low: number;
  readonly high: number;
  readonly advised: boolean;
  /** No measured level is both smaller and closer. */
  readonly best: boolean;
  /** For screen readers. */
  readonly description: string;
}

/** Below this, float rounding of the logits is all that is left to see. */
export const smallestKl = 1e-6;

export function chartPoints(snapshot: TradeoffsSnapshot): readonly ChartPoint[] {
  const points = snapshot.rows.flatMap((row) => {
    const kl = row.measured?.kl;
    if (row.isBase || !row.size || !kl || !Number.isFinite(kl.mean)) return [];
    const mean = Math.max(smallestKl, kl.mean);
    return [{ key: rowKey(row), label: row.type, bytes: row.size.bytes, kl: mean, low: Math.max(smallestKl, mean / 20, kl.mean - kl.error), high: mean + kl.error, same: row.measured?.top1Agreement }];
  });
  const front = new Set(paretoFront(points, (point) => point.bytes, (point) => point.kl));
  return [...points]
    .sort((a, b) => a.bytes - b.bytes)
    .map((point) => {
      const advised = point.key === snapshot.advice?.type;
      const best = front.has(point);
      const { same, ...place } = point;
      const description = [
        `${point.label}: ${formatBytes(point.bytes)}`, `KL divergence ${formatKl(point.kl)}`, `same word ${formatShare(same)}`,
        ...(advised ? ["the level to take"] : []), ...(best ? ["best for its size"] : []),
      ].join(", ");
      return { ...place, advised, best, description };
    });
}
