import type { QuantType } from "../../src/protocol/model";
import type { RowKey, TradeoffRow, TradeoffsSnapshot } from "../../src/protocol/panels";

/** A level or mix that can be made and therefore measured. */
export function canMeasure(row: TradeoffRow): boolean {
  return row.kind !== "base" && row.size !== undefined && row.size.problem === undefined;
}

/** Rows that measuring would tell something new about. */
export function measurableKeys({ rows }: Pick<TradeoffsSnapshot, "rows">): readonly RowKey[] {
  return rows.filter((row) => canMeasure(row) && (row.status !== "measured" || row.unfinished !== undefined)).map(({ key }) => key);
}

/** Whether rows are being measured; other work, such as sampling for forecasts, has a progress too. */
export function isMeasuring({ rows, progress }: Pick<TradeoffsSnapshot, "rows" | "progress">): boolean {
  return progress !== undefined && rows.some(({ status }) => status === "measuring" || status === "waiting");
}

/** Whether the sizes of the levels are still being read: nothing can be chosen yet. */
export function isOpening({ rows, problem }: Pick<TradeoffsSnapshot, "rows" | "problem">): boolean {
  return problem === undefined && rows.every(({ kind }) => kind === "base");
}

export function memoryOf(row: TradeoffRow): number | undefined {
  return row.memory && row.memory.weights + row.memory.cache + row.memory.compute;
}

/** What people compare first: one level per number of bits. */
const common: readonly QuantType[] = ["Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"];

function isCommon(row: TradeoffRow): boolean {
  return row.kind === "level" && row.type !== "unknown" && common.includes(row.type);
}

/** What is ticked until the person ticks something: the common levels and the mixes that were asked for. */
export function commonKeys(rows: readonly TradeoffRow[]): RowKey[] {
  return rows.filter((row) => canMeasure(row) && (isCommon(row) || row.kind === "mix")).map(({ key }) => key);
}

/** Rows worth a line while the person has not asked for all: the common levels and all that something is known or done about. */
export function isMainRow(row: TradeoffRow): boolean {
  const known = row.measured !== undefined || row.existing !== undefined || row.status !== "unmeasured";
  return row.kind !== "level" || known || isCommon(row);
}

export function findRow(rows: readonly TradeoffRow[], key: RowKey | undefined): TradeoffRow | undefined {
  return rows.find((row) => row.key === key);
}

export function baseRow(rows: readonly TradeoffRow[]): TradeoffRow | undefined {
  return rows.find(({ kind }) => kind === "base");
}

/** The row that the machine card explains: the chosen one, else the advised, else the original. */
export function shownRow({ rows, advice }: TradeoffsSnapshot, selected: RowKey | undefined): TradeoffRow | undefined {
  return findRow(rows, selected) ?? findRow(rows, advice?.key) ?? baseRow(rows);
}
