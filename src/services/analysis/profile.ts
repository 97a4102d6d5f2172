import { starThresholds, starsOf } from "../../core/fit/plainWords";
import type { QuantType } from "../../protocol/model";

export interface LevelFigures {
  readonly type: QuantType;
  readonly bytes: number;
  /** Nats per token. */
  readonly kl: number;
  /** Share of positions with the original's most likely token, 0 to 1. */
  readonly agreement: number;
  /** 0 to 1, where labelled documents were read. */
  readonly clauseF1?: number;
}

/** Measured figures of a model's levels, the most faithful first. */
export interface MeasuredLevels {
  /** Name of the text that they were measured on. */
  readonly textName: string;
  readonly levels: readonly LevelFigures[];
  readonly originalF1?: number;
}

/** llama.cpp's tools/perplexity and tools/quantize, Llama 3 8B on WikiText-2 (docs/forecasts.md). */
const unmeasured =
  "Q8_0 (INT8) is for analysis, Q4_K_M for drafts: llama.cpp publishes KL 0.0014 and 0.031 for them on Llama 3 8B. For this model it was not measured; “Show Tradeoffs” measures it.";

/** Which level of a model to read with, and the numbers behind it, in one or two sentences. */
export function profileOf(measured: MeasuredLevels | undefined): string {
  const best = measured?.levels.find(({ type }) => type === "Q8_0");
  if (!measured || !best) return unmeasured;
  const { textName, levels, originalF1 } = measured;
  const stars = starsOf({ isOriginal: false, kl: best.kl, agreement: best.agreement, foretold: false });
  const meaning = starThresholds.find((step) => step.stars === stars)?.meaning ?? "";
  const clauses = best.clauseF1 !== undefined && originalF1 !== undefined ? `, clause F1 ${best.clauseF1.toFixed(3)} against ${originalF1.toFixed(3)}` : "";
  const reading = `For analysis take ${best.type} (${meaning}): KL ${figure(best.kl)}, same word ${percent(best.agreement)} %${clauses} (measured on ${textName}).`;
  const draft = levels.find(({ type }) => type !== best.type);
  return draft ? `${reading} ${draft.type} would be ${(best.bytes / draft.bytes).toFixed(1)} times smaller at KL ${figure(draft.kl)}: for drafts.` : reading;
}

function figure(kl: number): string {
  return String(Number(kl.toPrecision(2)));
}

/** Never 100 for what is less. */
function percent(share: number): string {
  const value = 100 * share;
  return value >= 99 && value < 100 ? Math.min(99.9, value).toFixed(1) : value.toFixed(0);
}
