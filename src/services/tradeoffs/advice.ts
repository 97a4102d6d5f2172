import { type AdviceQuestion, type AdviceRow, adviseLevel } from "../../core/fit/advice";
import type { TradeoffAdvice, TradeoffRow } from "../../protocol/panels";

/** Advice from measured rows, and from foretold ones by the cautious end of their interval. */
export function adviceOf(question: Omit<AdviceQuestion, "base"> & { readonly base: TradeoffRow }, rows: readonly TradeoffRow[]): TradeoffAdvice | undefined {
  const { base } = question;
  return adviseLevel(
    { ...question, base: { label: base.label, bytes: base.size?.bytes ?? 0, clauseF1: base.clauseF1 } },
    rows.flatMap((row) => candidate(row) ?? []),
  );
}

function candidate(row: TradeoffRow): AdviceRow | undefined {
  const { key, label, size, fit, measured, forecast, clauseF1 } = row;
  if (row.kind === "base" || !size || !fit || row.problem) return undefined;
  const shared = { key, label, bytes: size.bytes, fit, ...(clauseF1 !== undefined && { clauseF1 }) };
  if (measured?.kl && measured.top1Agreement !== undefined) return { ...shared, kl: measured.kl.mean, agreement: measured.top1Agreement, foretold: false };
  if (forecast?.kl && forecast.top1Agreement) return { ...shared, kl: forecast.kl.value, agreement: forecast.top1Agreement.low, foretold: true };
  return undefined;
}

/** In words what the importance matrix bought, over the levels measured with and without it; `onOwnText` when that was one of its texts. */
export function gainSentence(rows: readonly TradeoffRow[], onOwnText: boolean): string | undefined {
  const gains = rows.flatMap(({ label, measured, klWithoutMatrix }) => (measured?.kl && klWithoutMatrix ? [{ label, share: 1 - measured.kl.mean / klWithoutMatrix }] : []));
  const best = gains.sort((a, b) => b.share - a.share)[0];
  if (!best) return undefined;
  const change = (share: number): string => `${Math.abs(100 * share).toFixed(0)} % ${share >= 0 ? "less" : "more"}`;
  const mean = gains.reduce((sum, { share }) => sum + share, 0) / gains.length;
  const caution = onOwnText ? " Measured on a text that it was calibrated on: take another to be sure." : "";
  const gained = gains.length === 1 ? `${best.label} loses ${change(best.share)} with it.` : `On average ${change(mean)} is lost over ${gains.length} levels; ${best.label} gains most (${change(best.share)}).`;
  return gained + caution;
}

/** Says honestly when a measured mix is no better than a standard level of its size. */
export function mixWarning(rows: readonly TradeoffRow[]): string | undefined {
  for (const mix of rows) {
    const own = mix.kind === "mix" ? mix.measured?.kl?.mean : undefined;
    if (own === undefined) continue;
    const rival = rows.find((row) => row.kind === "level" && row.measured?.kl && row.measured.kl.mean <= own && (row.size?.bytes ?? Infinity) <= (mix.size?.bytes ?? 0));
    if (rival?.measured?.kl) return `${mix.label} measured no better than ${rival.label}, which is not larger (KL ${own.toPrecision(3)} against ${rival.measured.kl.mean.toPrecision(3)}): take ${rival.label}.`;
  }
  return undefined;
}
