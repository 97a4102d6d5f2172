import { generationBound } from "../../core/fit/speed";
import { placementOf } from "../../core/fit/placement";
import type { Machine, MemoryNeed, ModelFile, QuantSize, Recipe } from "../../protocol/model";
import type { RowForecast, RowKey, RowStatus, TradeoffRow } from "../../protocol/panels";
import type { Forecasts } from "./forecaster";
import { isWhole, type KeptResult } from "./results";

/** A version of the original that a row stands for. */
export interface StudyEntry {
  readonly key: RowKey;
  readonly label: string;
  readonly kind: "level" | "mix";
  readonly recipe: Recipe;
  readonly size: QuantSize;
  /** Under which its result is kept. */
  readonly recipeKey: string;
  /** Under which the result of the same recipe without the importance matrix is kept. */
  readonly plainKey?: string;
  /** KL divergence expected before calibration, nats. */
  readonly uncalibratedKl?: number;
}

/** What is known at one moment. */
export interface StudyState {
  readonly model: ModelFile;
  readonly bitsPerWeight: number;
  /** Bytes of the file beside the weights: the same in every version. */
  readonly overhead: number;
  readonly blocks: number;
  /** Share of the weights that one token uses. */
  readonly activeShare: number;
  readonly entries: readonly StudyEntry[];
  readonly machine: Machine;
  /** True when `machine` is the one that measures. */
  readonly here: boolean;
  /** Cache and compute buffers at the chosen context. */
  readonly need?: Omit<MemoryNeed, "weights">;
  result(recipeKey: string): KeptResult | undefined;
  readonly base?: KeptResult;
  /** Labelled documents are read with every measured version. */
  readonly labelled: boolean;
  readonly forecasts?: Forecasts;
  readonly busy: ReadonlyMap<RowKey, RowStatus>;
  readonly problems: ReadonlyMap<RowKey, string>;
  /** Paths of files that already stand beside the model. */
  readonly existing: ReadonlyMap<RowKey, string>;
  cost(size: QuantSize): TradeoffRow["cost"];
}

/** The table: the original, then each version, largest first. */
export function tradeoffRows(state: StudyState): readonly TradeoffRow[] {
  const { model } = state;
  const measured = state.base?.row;
  const size: QuantSize = { type: model.type === "unknown" ? "F16" : model.type, bytes: model.bytes, bitsPerWeight: state.bitsPerWeight, fallbacks: 0 };
  const { bound, ...place } = placed(state, size);
  const base: TradeoffRow = {
    key: "base", label: model.type === "unknown" ? "Original" : model.type, kind: "base", type: model.type, size,
    ...place,
    ...(bound !== undefined && { forecast: { generationTokensPerSecond: bound } }),
    status: state.busy.get("base") ?? (measured ? "measured" : "unmeasured"),
    measured,
    clauseF1: state.base?.clauseF1,
  };
  return [base, ...state.entries.map((entry) => entryRow(state, entry)).sort((a, b) => (b.size?.bytes ?? 0) - (a.size?.bytes ?? 0))];
}

function entryRow(state: StudyState, entry: StudyEntry): TradeoffRow {
  const { key, label, kind, recipe, size, recipeKey, plainKey } = entry;
  const kept = state.result(recipeKey);
  const { bound, ...place } = placed(state, size);
  const problem = state.problems.get(key);
  return {
    key, label, kind, type: recipe.type, size,
    ...place,
    forecast: size.problem ? undefined : forecastOf(state, entry, bound),
    status: state.busy.get(key) ?? (problem ? "failed" : kept ? "measured" : "unmeasured"),
    measured: kept?.row,
    unfinished: kept && unfinishedPart(kept, state.labelled),
    klWithoutMatrix: plainKey === undefined ? undefined : state.result(plainKey)?.row.kl?.mean,
    clauseF1: kept?.clauseF1,
    cost: size.problem ? undefined : restOf(state.cost(size), kept),
    problem: problem ?? size.problem,
    existing: state.existing.get(key),
  };
}

function unfinishedPart(kept: KeptResult, labelled: boolean): TradeoffRow["unfinished"] {
  if (!isWhole(kept)) return "text";
  return labelled && kept.clauseF1 === undefined ? "clauses" : undefined;
}

/** A measurement that was stopped costs only what is left of it. */
function restOf(cost: TradeoffRow["cost"], kept: KeptResult | undefined): TradeoffRow["cost"] {
  if (!cost || !kept?.state) return cost;
  return { ...cost, seconds: cost.seconds * (1 - kept.row.chunks / kept.totalChunks) };
}

interface Placed extends Pick<TradeoffRow, "memory" | "fit" | "gpuLayers"> {
  /** Tokens per second at most, scaled by what was measured here. */
  readonly bound?: number;
}

function placed(state: StudyState, size: QuantSize): Placed {
  const { machine, need } = state;
  if (!need || machine.totalMemory === 0 || size.bytes === 0) return {};
  const memory = { ...need, weights: size.bytes - state.overhead };
  const placement = placementOf(memory, state.blocks, machine);
  const bound = generationBound(memory, placement, machine, state.activeShare);
  return { memory, ...placement, bound: bound === undefined ? undefined : bound * (state.here ? measuredSpeed(state) : 1) };
}

/** Measured tokens per second as a share of the bound from bandwidth: the geometric mean of what was measured here, else 1. */
function measuredSpeed(state: StudyState): number {
  const shares: number[] = [];
  for (const kept of [state.base, ...state.entries.map(({ recipeKey }) => state.result(recipeKey))]) {
    const speed = kept?.row.generationTokensPerSecond ?? 0;
    if (!kept || !(speed > 0) || !state.machine.memoryBandwidth) continue;
    shares.push((speed * (kept.row.bytes - state.overhead) * state.activeShare) / state.machine.memoryBandwidth);
  }
  return shares.length === 0 ? 1 : Math.exp(shares.reduce((sum, share) => sum + Math.log(share), 0) / shares.length);
}

function forecastOf({ forecasts }: StudyState, { uncalibratedKl }: StudyEntry, bound: number | undefined): RowForecast | undefined {
  const kl = uncalibratedKl === undefined ? undefined : forecasts?.klFrom(uncalibratedKl);
  if (!kl && bound === undefined) return undefined;
  return {
    ...(kl && { kl, top1Agreement: forecasts?.agreementFrom(kl) }),
    ...(bound !== undefined && { generationTokensPerSecond: bound }),
  };
}
