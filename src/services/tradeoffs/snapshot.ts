import { modelShape } from "../../core/fit/memory";
import { weightBudget } from "../../core/fit/placement";
import { activeShareOf } from "../../core/fit/speed";
import { bitsPerWeight, type GgufHeader, weightBytes } from "../../core/gguf/header";
import type { ImatrixInfo, ModelFile } from "../../protocol/model";
import type { JobProgress, RowKey, Stake, Task, TradeoffsSnapshot } from "../../protocol/panels";
import { adviceOf, gainSentence, mixWarning } from "./advice";
import { type CostBasis, costOf, decodingSeconds } from "./costs";
import type { Estimates } from "./estimates";
import type { Ground } from "./ground";
import type { Levels } from "./levels";
import { baseKey } from "./measurement";
import type { Measuring } from "./measuring";
import { type StudyState, tradeoffRows } from "./rows";
import type { StudyMachine } from "./studyMachine";

/** Everything that a picture of a study is made of. */
export interface StudyParts {
  readonly model: ModelFile;
  readonly header?: GgufHeader;
  readonly machine: StudyMachine;
  readonly levels: Levels;
  readonly estimates: Estimates;
  readonly measuring: Measuring;
  readonly ground: Ground;
  readonly imatrix?: ImatrixInfo;
  readonly existing: ReadonlyMap<RowKey, string>;
  readonly task: Task;
  readonly stake: Stake;
  readonly askedBudget?: TradeoffsSnapshot["budget"];
  readonly costs: Omit<CostBasis, "base">;
  readonly progress?: JobProgress;
  readonly problem?: string;
}

/** The whole picture of a study at one moment. */
export function snapshotOf(parts: StudyParts): TradeoffsSnapshot {
  const { model, machine, ground, measuring, imatrix, task, stake } = parts;
  const basis: CostBasis = { ...parts.costs, base: ground.results.get(baseKey)?.row };
  const state = parts.header && stateOf(parts, parts.header, basis);
  const rows = state ? tradeoffRows(state) : [];
  const forecasts = state?.forecasts;
  const base = rows.find(({ kind }) => kind === "base");
  return {
    model,
    machine: machine.chosen, machineId: machine.id, machines: machine.choices,
    context: machine.context, contexts: contextsFor(model, machine.context), cacheType: machine.cacheType,
    text: { name: ground.text.name, kind: ground.text.kind, words: ground.words },
    task, stake,
    budget: parts.askedBudget ?? (state && budgetOf(parts, state)),
    rows,
    advice: base && isSettled(rows) ? adviceOf({ task, stake, base, textName: ground.text.name }, rows) : undefined,
    imatrix: imatrix && { name: fileName(imatrix.path), documents: imatrix.datasets.length, chunks: imatrix.chunks, gain: gainSentence(rows, imatrix.datasets.includes(ground.text.name)) },
    forecastNote: forecasts && forecastNote(forecasts.observations),
    baseSeconds: decodingSeconds(basis),
    progress: measuring.progress ?? parts.progress,
    warning: measuring.warning ?? mixWarning(rows),
    problem: measuring.problem ?? parts.problem,
  };
}

function stateOf(parts: StudyParts, header: GgufHeader, basis: CostBasis): StudyState {
  const { model, machine, levels, estimates, measuring, ground } = parts;
  return {
    model,
    bitsPerWeight: bitsPerWeight(header),
    overhead: model.bytes - weightBytes(header),
    blocks: modelShape(header).blocks,
    activeShare: activeShareOf(header),
    entries: levels.entries.map((entry) => ({ ...entry, uncalibratedKl: estimates.uncalibrated(entry) })),
    machine: machine.chosen,
    here: machine.id === "here",
    need: machine.need(header),
    result: (recipeKey) => ground.results.get(recipeKey),
    base: ground.results.get(baseKey),
    labelled: parts.costs.labelledCharacters > 0,
    forecasts: estimates.forecasts(ground.results),
    busy: measuring.busy, problems: measuring.problems, existing: parts.existing,
    cost: (size) => costOf(size, basis),
  };
}

/** Advice waits until every level is foretold: before that it would name whatever happens to be known. */
function isSettled(rows: TradeoffsSnapshot["rows"]): boolean {
  return rows.every(({ kind, problem, measured, forecast }) => kind === "base" || problem !== undefined || measured !== undefined || forecast?.kl !== undefined);
}

function budgetOf({ machine }: StudyParts, { need, overhead }: StudyState): TradeoffsSnapshot["budget"] {
  const { chosen, context } = machine;
  if (!need || chosen.totalMemory === 0) return undefined;
  const where = chosen.totalVideoMemory > 0 ? "GPU memory" : "memory";
  return { bytes: weightBudget(need, chosen) + overhead, label: `fits in ${where} at ${context.toLocaleString("en")} tokens` };
}

/** Powers of two up to what the model was trained for, and the chosen one. */
function contextsFor({ contextLength }: ModelFile, chosen: number): readonly number[] {
  const most = contextLength || 131072;
  const powers = Array.from({ length: 12 }, (_, index) => 512 * 2 ** index).filter((context) => context <= most);
  return [...new Set([...powers, most, chosen])].sort((a, b) => a - b);
}

function forecastNote(observations: number): string {
  const basis = "Estimated from the rounding error of sampled weights";
  return observations === 0 ? `${basis}; measure a level or two and all estimates sharpen.` : `${basis}, corrected by ${observations} measured ${observations === 1 ? "row" : "rows"}.`;
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
