import type { RowKey, TradeoffRow } from "../../src/protocol/panels";
import { formatBytes, formatSeconds, plural } from "../format";

/** What measuring the chosen rows would take. */
export interface MeasuringCost {
  readonly count: number;
  /** Absent while any of it is unknown. */
  readonly seconds?: number;
  /** Disk for the levels while they are measured. */
  readonly bytes?: number;
}

/** The original is decoded once for all rows, so its seconds are counted once. */
export function measuringCost(rows: readonly TradeoffRow[], keys: readonly RowKey[], baseSeconds: number | undefined): MeasuringCost {
  const chosen = rows.filter(({ key }) => keys.includes(key));
  const costs = chosen.flatMap(({ cost }) => (cost ? [cost] : []));
  if (chosen.length === 0 || costs.length < chosen.length) return { count: chosen.length };
  return {
    count: chosen.length,
    seconds: costs.reduce((sum, { seconds }) => sum + seconds, baseSeconds ?? 0),
    bytes: costs.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** "Measure 3 · 6 min", "Go on · 2 min". */
export function measureLabel({ count, seconds }: MeasuringCost, resumable: boolean): string {
  if (count === 0) return "Measure";
  const verb = resumable ? "Go on" : `Measure ${count}`;
  return seconds === undefined ? verb : `${verb} · ${formatSeconds(seconds)}`;
}

/** The plan as a sentence; what to do when nothing is chosen. */
export function planWords({ count, seconds, bytes }: MeasuringCost, resumable: boolean, text: string): string {
  if (count === 0) return "Tick levels in the table to measure them.";
  const what = resumable ? `Goes on measuring ${plural(count, "level")} on ${text}` : `Measures ${plural(count, "level")} on ${text}`;
  const time = seconds === undefined ? "" : `, about ${formatSeconds(seconds)}`;
  const disk = bytes ? `, with up to ${formatBytes(bytes, 1)} of temporary disk` : "";
  return `${what}${time}${disk}. Results are kept.`;
}
