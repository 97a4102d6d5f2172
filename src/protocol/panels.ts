/** Host <-> webview: per panel one interface of requests (webview asks) and one union of events (host tells). */
import type { Finding, Machine, MeasuredRow, ModelFile, QuantSize, QuantType, Severity } from "./model";

export type RowStatus = "unmeasured" | "waiting" | "measuring" | "measured" | "failed";
/** Whether the model runs in this machine's memory at the chosen context. */
export type Fit = "gpu" | "ram" | "tight" | "no";

export interface TradeoffRow {
  readonly type: QuantType | "unknown";
  readonly isBase: boolean;
  /** Absent while the dry run has not answered. */
  readonly size?: QuantSize;
  /** Weights + KV cache + compute buffers, bytes. */
  readonly memory?: { readonly weights: number; readonly cache: number; readonly compute: number };
  readonly fit?: Fit;
  readonly status: RowStatus;
  readonly measured?: MeasuredRow;
  /** Tells why a row failed or cannot be made. */
  readonly problem?: string;
  /** Path of a file of this level that already stands beside the model. */
  readonly existing?: string;
}

/** The row to take and the one sentence that says why. */
export interface TradeoffAdvice {
  readonly type: QuantType;
  readonly sentence: string;
  /** What the next smaller or larger choice would change. */
  readonly alternative?: string;
}

export interface JobProgress {
  readonly label: string;
  /** 0 to 1. */
  readonly fraction: number;
  readonly secondsLeft?: number;
}

export interface TradeoffsSnapshot {
  readonly model: ModelFile;
  readonly machine: Machine;
  /** Tokens of context that the memory column counts with. */
  readonly context: number;
  readonly text: { readonly name: string; readonly kind: "document" | "bundled"; readonly words: number };
  readonly rows: readonly TradeoffRow[];
  readonly advice?: TradeoffAdvice;
  /** Present while a measurement runs. */
  readonly progress?: JobProgress;
  /** One sentence when something went wrong as a whole. */
  readonly problem?: string;
}

export interface TradeoffsRequests {
  /** The first message of a new view; the answer is what it draws. */
  ready(): TradeoffsSnapshot;
  /** Measures the given levels; the answer comes when it has ended or was stopped. */
  measure(args: { readonly types: readonly QuantType[] }): void;
  stop(): void;
  quantize(args: { readonly type: QuantType }): void;
}
export type TradeoffsEvent = { readonly kind: "snapshot"; readonly snapshot: TradeoffsSnapshot };

export interface ShownFinding extends Finding {
  readonly id: string;
  readonly severity: Severity;
  /** 1-based line of the first character. */
  readonly line: number;
  readonly quote: string;
  readonly why: string;
}

export interface AnalysisSnapshot {
  /** Absent when no document is open. */
  readonly document?: { readonly uri: string; readonly name: string };
  /** Name of the model that read it, e.g. "contracts-4m Q8_0". */
  readonly model?: string;
  readonly findings: readonly ShownFinding[];
  readonly progress?: JobProgress;
  readonly seconds?: number;
  /** True when the document changed after it was read. */
  readonly stale?: boolean;
  readonly problem?: string;
}

export interface AnalysisRequests {
  ready(): AnalysisSnapshot;
  analyse(): void;
  stop(): void;
  reveal(args: { readonly id: string }): void;
}
export type AnalysisEvent =
  | { readonly kind: "snapshot"; readonly snapshot: AnalysisSnapshot }
  | { readonly kind: "select"; readonly id: string };

