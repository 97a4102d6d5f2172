import type { QuantType } from "../../src/protocol/model";
import type { TradeoffRow, TradeoffsSnapshot } from "../../src/protocol/panels";

/** Identity of a row within a panel: the original may have the same type as no level, so it has a key of its own. */
export type RowKey = QuantType | "base";

export function rowKey(row: TradeoffRow): RowKey {
  return row.isBase || row.type === "unknown" ? "base" : row.type;
}

/** A level that can be made and therefore measured. */
export function canMeasure(row: TradeoffRow): boolean {
  return !row.isBase && row.size !== undefined && row.size.problem === undefined;
}

export function memoryOf(row: TradeoffRow): number | undefined {
  return row.memory && row.memory.weights + row.memory.cache + row.memory.compute;
}

/** What people compare first: one level per number of bits. */
const common: readonly QuantType[] = ["Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"];

export function commonLevels(rows: readonly TradeoffRow[]): QuantType[] {
  return rows.filter(canMeasure).flatMap((row) => (row.type !== "unknown" && common.includes(row.type) ? [row.type] : []));
}

/** Rows worth a line while the person has not asked for all: the common levels and all that something is known or done about. */
export function isMainRow(row: TradeoffRow): boolean {
  const known = row.measured !== undefined || row.existing !== undefined || row.status !== "unmeasured";
  return row.isBase || known || (row.type !== "unknown" && common.includes(row.type));
}

/** The row that the machine card explains: the chosen one, else the advised, else the original. */
export function shownRow(snapshot: TradeoffsSnapshot, selected: RowKey | undefined): TradeoffRow | undefined {
  const find = (key: RowKey | undefined): TradeoffRow | undefined => snapshot.rows.find((row) => rowKey(row) === key);
  return find(selected) ?? find(snapshot.advice?.type) ?? find("base");
}
