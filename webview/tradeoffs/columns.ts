import type { Fit, TradeoffRow } from "../../src/protocol/panels";
import { agreementOf, klOf, speedOf } from "./known";
import { memoryOf } from "./rows";

export const columnIds = ["level", "size", "bits", "memory", "fit", "kl", "same", "perplexity", "speed", "f1"] as const;
export type ColumnId = (typeof columnIds)[number];

export interface Column {
  readonly id: ColumnId;
  readonly title: string;
  /** Spoken and shown on hover: what the number means. */
  readonly help: string;
  readonly numeric: boolean;
  /** What rows are sorted by; undefined goes last in either direction. */
  value(row: TradeoffRow): number | string | undefined;
}

const fitOrder = { gpu: 0, partial: 1, ram: 2, tight: 3, no: 4 } as const satisfies Record<Fit, number>;

export const columns: readonly Column[] = [
  { id: "level", title: "Level", help: "Quantization level by its llama.cpp name", numeric: false, value: (row) => row.label },
  { id: "size", title: "Size", help: "Exact size of the file", numeric: true, value: (row) => row.size?.bytes },
  { id: "bits", title: "Bits", help: "Bits per weight, averaged over all weights", numeric: true, value: (row) => row.size?.bitsPerWeight },
  { id: "memory", title: "Memory", help: "Weights, KV cache and compute buffers at this context", numeric: true, value: memoryOf },
  { id: "fit", title: "Fits", help: "Where it runs on the machine asked about", numeric: false, value: (row) => row.fit && fitOrder[row.fit] },
  { id: "kl", title: "Difference (KL)", help: "Mean KL divergence of the next-token probabilities from the original's, nats per token; lower is closer", numeric: true, value: (row) => klOf(row)?.value },
  { id: "same", title: "Same word", help: "How often the most likely next token is the original's", numeric: true, value: (row) => agreementOf(row)?.value },
  { id: "perplexity", title: "Perplexity", help: "How surprised the model is by the text, ± one standard error; lower is better", numeric: true, value: (row) => row.measured?.perplexity.value },
  { id: "speed", title: "Tokens/s", help: "Tokens written per second; at most, where it was foretold", numeric: true, value: (row) => speedOf(row)?.value },
  { id: "f1", title: "Clause F1", help: "How well clauses are found in labelled documents: 1 finds all and nothing else", numeric: true, value: (row) => row.clauseF1 },
];

/** Columns whose place is taken by the sentence of a row that cannot be measured. */
export const judgedColumns: readonly ColumnId[] = ["kl", "same", "perplexity", "speed", "f1"];

export interface Sort {
  readonly column: ColumnId;
  readonly direction: "ascending" | "descending";
}

/** The original stays on top, as what all others are compared to; rows without the value stay at the bottom. */
export function sortRows(rows: readonly TradeoffRow[], sort: Sort | undefined): readonly TradeoffRow[] {
  const column = columns.find(({ id }) => id === sort?.column);
  if (!sort || !column) return rows;
  const sign = sort.direction === "ascending" ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [first, second] = [a.kind === "base", b.kind === "base"];
    if (first !== second) return first ? -1 : 1;
    const [x, y] = [column.value(a), column.value(b)];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return sign * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y)));
  });
}

/** A header's click goes round: ascending, descending, as the host lists them. */
export function nextSort(current: Sort | undefined, column: ColumnId): Sort | undefined {
  if (current?.column !== column) return { column, direction: "ascending" };
  return current.direction === "ascending" ? { column, direction: "descending" } : undefined;
}
