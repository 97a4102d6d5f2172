import type { Fit, TradeoffRow } from "../../src/protocol/panels";
import { memoryOf } from "./rows";

export type ColumnId =
  | "level" | "size" | "bits" | "memory" | "fit" | "kl" | "same" | "perplexity" | "prompt" | "generation" | "status";

export interface Column {
  readonly id: ColumnId;
  readonly title: string;
  /** Spoken and shown on hover: what the number means. */
  readonly help: string;
  readonly numeric: boolean;
  /** What rows are sorted by; undefined goes last in either direction. */
  value(row: TradeoffRow): number | string | undefined;
}

const fitOrder = { gpu: 0, ram: 1, tight: 2, no: 3 } as const satisfies Record<Fit, number>;
const statusOrder = { measured: 0, measuring: 1, waiting: 2, unmeasured: 3, failed: 4 } as const satisfies Record<TradeoffRow["status"], number>;

export const columns: readonly Column[] = [
  { id: "level", title: "Level", help: "Quantization level by its llama.cpp name", numeric: false, value: (row) => row.type },
  { id: "size", title: "Size", help: "Exact size of the file", numeric: true, value: (row) => row.size?.bytes },
  { id: "bits", title: "Bits", help: "Bits per weight, averaged over all weights", numeric: true, value: (row) => row.size?.bitsPerWeight },
  { id: "memory", title: "Memory", help: "Weights, KV cache and compute buffers at this context", numeric: true, value: memoryOf },
  { id: "fit", title: "Fits", help: "Whether it runs in this machine's memory", numeric: false, value: (row) => row.fit && fitOrder[row.fit] },
  { id: "kl", title: "Difference (KL)", help: "Mean KL divergence of the next-token probabilities from the original's, nats per token; lower is closer", numeric: true, value: (row) => row.measured?.kl?.mean },
  { id: "same", title: "Same word", help: "How often the most likely next token is the original's", numeric: true, value: (row) => row.measured?.top1Agreement },
  { id: "perplexity", title: "Perplexity", help: "How surprised the model is by the text, ± one standard error; lower is better", numeric: true, value: (row) => row.measured?.perplexity.value },
  { id: "prompt", title: "Prompt t/s", help: "Tokens read per second", numeric: true, value: (row) => row.measured && (row.measured.promptTokensPerSecond || undefined) },
  { id: "generation", title: "Gen. t/s", help: "Tokens written per second", numeric: true, value: (row) => row.measured && (row.measured.generationTokensPerSecond || undefined) },
  { id: "status", title: "Status", help: "Whether the level was measured on this text", numeric: false, value: (row) => statusOrder[row.status] },
];

/** Columns that stay empty until a level is measured. */
export const measuredColumns: readonly ColumnId[] = ["kl", "same", "perplexity", "prompt", "generation"];

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
    if (a.isBase !== b.isBase) return a.isBase ? -1 : 1;
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
