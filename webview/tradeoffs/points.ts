import { paretoFront } from "../../src/core/evaluation/pareto";
import type { RowKey, TradeoffRow, TradeoffsSnapshot } from "../../src/protocol/panels";
import { formatBytes, formatKl, formatShare } from "../format";
import { agreementOf, klOf } from "./known";
import { canMeasure, findRow, isMainRow, isOpening, memoryOf } from "./rows";

/** What the chart's horizontal axis counts. */
export type Axis = "size" | "memory";

/** All that the chart draws. */
export interface ChartData {
  readonly axis: Axis;
  readonly points: readonly ChartPoint[];
  /** Bytes of the rows that nothing is known about but their size. */
  readonly unknown: readonly number[];
  readonly budget?: { readonly bytes: number; readonly label: string };
  /** The first points are being made. */
  readonly expecting: boolean;
}

/** A row in the chart's plane. */
export interface ChartPoint {
  readonly key: RowKey;
  readonly label: string;
  /** Along the axis: of the file, or of all that must be in memory. */
  readonly bytes: number;
  /** Mean KL divergence, at least `smallestKl` so that a logarithmic axis can show it. */
  readonly kl: number;
  readonly low: number;
  readonly high: number;
  readonly foretold: boolean;
  readonly isMix: boolean;
  /** One of the rows that the table lists at first. */
  readonly main: boolean;
  readonly advised: boolean;
  /** No other row, measured or foretold, is both smaller and closer. */
  readonly best: boolean;
  /** The same level made without the importance matrix. */
  readonly klWithoutMatrix?: number;
  /** For screen readers. */
  readonly description: string;
}

/** Below this, float rounding of the logits is all that is left to see. */
export const smallestKl = 1e-6;

export function chartData(snapshot: TradeoffsSnapshot, axis: Axis): ChartData {
  const points = chartPoints(snapshot, axis);
  const drawn = new Set(points.map(({ key }) => key));
  return {
    axis,
    points,
    unknown: snapshot.rows.filter((row) => canMeasure(row) && !drawn.has(row.key)).flatMap((row) => bytesOf(row, axis) ?? []),
    ...budgetLine(snapshot, axis),
    expecting: snapshot.progress !== undefined || isOpening(snapshot),
  };
}

export function chartPoints({ rows, advice }: TradeoffsSnapshot, axis: Axis): readonly ChartPoint[] {
  const places = rows.flatMap((row) => {
    const [bytes, kl] = [bytesOf(row, axis), klOf(row)];
    return row.kind === "base" || row.size?.problem || bytes === undefined || !kl ? [] : [{ row, bytes, kl: Math.max(smallestKl, kl.value), known: kl }];
  });
  const front = new Set(paretoFront(places, ({ bytes }) => bytes, ({ kl }) => kl));
  return [...places]
    .sort((a, b) => a.bytes - b.bytes || b.kl - a.kl)
    .map((place) => {
      const { row, bytes, kl, known } = place;
      const marks = { advised: row.key === advice?.key, best: front.has(place) };
      return {
        key: row.key, label: row.label, bytes, kl, ...marks,
        low: Math.max(smallestKl, kl / 20, known.low),
        high: Math.max(kl, known.high),
        foretold: known.foretold,
        isMix: row.kind === "mix",
        main: isMainRow(row),
        ...(row.klWithoutMatrix !== undefined && !known.foretold && { klWithoutMatrix: Math.max(smallestKl, row.klWithoutMatrix) }),
        description: describe(row, bytes, axis, marks),
      };
    });
}

function describe(row: TradeoffRow, bytes: number, axis: Axis, { advised, best }: { readonly advised: boolean; readonly best: boolean }): string {
  const [kl, same] = [klOf(row), agreementOf(row)];
  return [
    `${row.label}: ${formatBytes(bytes)}${axis === "memory" ? " of memory" : ""}`,
    kl?.foretold ? `KL divergence foretold ${formatKl(kl.value)}, between ${formatKl(kl.low)} and ${formatKl(kl.high)}` : `KL divergence ${formatKl(kl?.value)}`,
    ...(same ? [`same word ${formatShare(same.value)}`] : []),
    ...(row.klWithoutMatrix === undefined ? [] : [`without the importance matrix ${formatKl(row.klWithoutMatrix)}`]),
    ...(advised ? ["the level to take"] : []),
    ...(best ? ["best for its size"] : []),
  ].join(", ");
}

function bytesOf(row: TradeoffRow, axis: Axis): number | undefined {
  return axis === "size" ? row.size?.bytes : memoryOf(row);
}

/** The budget counts weights; in memory the same cache and compute buffers come on top for every level. */
function budgetLine({ budget, rows, advice }: TradeoffsSnapshot, axis: Axis): Pick<ChartData, "budget"> {
  if (!budget || axis === "size") return budget ? { budget } : {};
  const memory = (findRow(rows, advice?.key) ?? rows.find((row) => row.memory))?.memory;
  return memory ? { budget: { label: budget.label, bytes: budget.bytes + memory.cache + memory.compute } } : {};
}
