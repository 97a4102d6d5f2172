import type { MeasuredRow, QuantType } from "../../protocol/model";
import type { Fit, TradeoffAdvice } from "../../protocol/panels";

export interface AdviceRow {
  readonly type: QuantType;
  readonly bytes: number;
  readonly fit: Fit;
  readonly measured: MeasuredRow;
}

/** A level is good enough while it picks the original's next word at least this often. */
const enoughAgreement = 0.95;

/**
 * The smallest measured level that fits and agrees often enough with the original; when none agrees
 * often enough, the closest that fits. Undefined while nothing that fits is measured.
 */
export function adviseLevel(base: { readonly type: string; readonly bytes: number }, rows: readonly AdviceRow[], textName: string): TradeoffAdvice | undefined {
  const usable = rows.filter((row) => row.fit !== "no" && row.measured.kl).sort((a, b) => a.bytes - b.bytes);
  const enough = usable.filter((row) => agreement(row) >= enoughAgreement);
  const best = enough[0] ?? [...usable].sort((a, b) => kl(a) - kl(b))[0];
  if (!best) return undefined;
  const smaller = usable.filter((row) => row.bytes < best.bytes).sort((a, b) => kl(a) - kl(b))[0];
  return {
    type: best.type,
    sentence: sentence(base, best, textName, enough.length > 0),
    ...(smaller && { alternative: alternative(best, smaller) }),
  };
}

function sentence(base: { readonly type: string; readonly bytes: number }, best: AdviceRow, textName: string, enough: boolean): string {
  const saved = Math.round(100 * (1 - best.bytes / base.bytes));
  const same = `chose the same next word as the original ${percent(best)} times in 100 on ${textName}`;
  const fit = { gpu: "fits on the GPU", ram: "fits in memory", tight: "just fits in memory", no: "" }[best.fit];
  if (!enough) return `No level measured so far stays close to ${base.type}; this one comes closest: it is ${saved} % smaller, ${fit}, and ${same}.`;
  return `It is ${saved} % smaller than ${base.type}, ${fit}, and ${same}.`;
}

function alternative(best: AdviceRow, smaller: AdviceRow): string {
  const saved = formatBytes(best.bytes - smaller.bytes);
  const times = kl(smaller) / Math.max(kl(best), 1e-9);
  const factor = times < 9.5 ? times.toFixed(1) : times.toFixed(0);
  return `${smaller.type} would save ${saved} more at ${factor} times the difference (KL ${kl(smaller).toPrecision(2)} against ${kl(best).toPrecision(2)}).`;
}

function percent(row: AdviceRow): string {
  const value = 100 * agreement(row);
  return value >= 99.5 && value < 100 ? value.toFixed(1) : value.toFixed(0);
}

function agreement(row: AdviceRow): number {
  return row.measured.top1Agreement ?? 0;
}

function kl(row: AdviceRow): number {
  return row.measured.kl?.mean ?? Number.POSITIVE_INFINITY;
}

function formatBytes(bytes: number): string {
  const [unit, size] = bytes >= 1024 ** 3 ? ["GiB", 1024 ** 3] as const : ["MiB", 1024 ** 2] as const;
  return `${(bytes / size).toFixed(1)} ${unit}`;
}
