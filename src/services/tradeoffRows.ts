import { type AdviceRow, adviseLevel } from "../core/fit/advice";
import { fitOf } from "../core/fit/fit";
import { memoryNeed, modelShape } from "../core/fit/memory";
import { bitsPerWeight, type GgufHeader, weightBytes } from "../core/gguf/header";
import type { Machine, MeasuredRow, ModelFile, QuantSize, QuantType } from "../protocol/model";
import type { RowStatus, TradeoffAdvice, TradeoffRow } from "../protocol/panels";

export type RowKey = QuantType | "base";

/** What is known of a model's levels at one moment. */
export interface StudyState {
  readonly model: ModelFile;
  /** Absent before the file was read. */
  readonly header?: GgufHeader;
  readonly sizes: readonly QuantSize[];
  readonly machine: Machine;
  readonly context: number;
  readonly measured: ReadonlyMap<RowKey, MeasuredRow>;
  readonly busy: ReadonlyMap<RowKey, RowStatus>;
  readonly problems: ReadonlyMap<RowKey, string>;
  /** Paths of levels that already stand beside the model. */
  readonly existing: ReadonlyMap<QuantType, string>;
}

/** The table: the original, then each level, largest first. */
export function tradeoffRows(state: StudyState): readonly TradeoffRow[] {
  const { model, header, sizes } = state;
  const base: QuantSize = {
    type: model.type === "unknown" ? "F16" : model.type,
    bytes: model.bytes,
    bitsPerWeight: header ? bitsPerWeight(header) : 0,
    fallbacks: 0,
  };
  return [rowOf(state, "base", base), ...sizes.map((size) => rowOf(state, size.type, size))];
}

export function adviceOf(model: ModelFile, rows: readonly TradeoffRow[], textName: string): TradeoffAdvice | undefined {
  const candidates = rows.flatMap((row): AdviceRow[] =>
    row.isBase || row.type === "unknown" || !row.size || !row.fit || !row.measured
      ? []
      : [{ type: row.type, bytes: row.size.bytes, fit: row.fit, measured: row.measured }],
  );
  return adviseLevel({ type: model.type, bytes: model.bytes }, candidates, textName);
}

function rowOf(state: StudyState, key: RowKey, size: QuantSize): TradeoffRow {
  const { model, header, machine } = state;
  // What a file has beside its weights (metadata, vocabulary) is the same in every level.
  const overhead = header ? model.bytes - weightBytes(header) : 0;
  const memory = header && memoryNeed(size.bytes - overhead, modelShape(header), state.context);
  const problem = state.problems.get(key);
  const measured = state.measured.get(key);
  return {
    type: key === "base" ? model.type : key,
    isBase: key === "base",
    size,
    memory,
    fit: memory && machine.totalMemory > 0 ? fitOf(memory, machine) : undefined,
    status: state.busy.get(key) ?? (problem ? "failed" : measured ? "measured" : "unmeasured"),
    measured,
    problem: problem ?? size.problem,
    existing: key === "base" ? undefined : state.existing.get(key),
  };
}
