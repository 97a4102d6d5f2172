import { stat } from "node:fs/promises";
import { formatBytes } from "../../core/format";
import { stepTitle } from "../../core/recipes/stepWords";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { CompressionRecipe, StepEstimate } from "../../protocol/recipe";
import type { CancellationToken } from "../../protocol/rpc";
import { readGgufHeader } from "../ggufFile";
import { freeBytes } from "../hub/diskSpace";
import { readWholeModel } from "../models/modelParts";
import { chunkTokens } from "../tradeoffs/measuringPlan";
import { foreseenOf } from "./foreseen";
import type { LabParts } from "./labParts";
import { readingRate } from "./readingRate";
import { type EstimateGround, estimateSteps } from "./recipeEstimates";

export interface PlanWish {
  readonly model: ModelFile;
  readonly learning: string;
  readonly measuring: string;
  readonly context: number;
  readonly chunks: number;
  readonly labelled?: boolean;
  /** Without it no step has seconds: nothing is decoded to know this machine's pace. */
  readonly timed: boolean;
}

/** Left free, so that the system and the editor can go on. */
const margin = 64 * 2 ** 20;

/** What the steps would give and cost. Throws only for what is wrong with the model itself. */
export async function planRecipe(parts: LabParts, recipe: CompressionRecipe, wish: PlanWish, token: CancellationToken): Promise<readonly StepEstimate[]> {
  const { model, learning, measuring } = wish;
  const { header } = await readWholeModel(model.path, readGgufHeader);
  if (header.problem) throw header.problem;
  const rate = wish.timed ? await readingRate(parts, model, measuring, token) : 0;
  const context = chunkTokens(measuring, Math.min(wish.context, model.contextLength || wish.context));
  const perToken = charactersPerToken(learning, model.shape?.vocabulary);
  const ground: EstimateGround = {
    model,
    original: foreseenOf(header, model.bytes),
    learningTokens: learning.length / perToken,
    measuringTokens: Math.min(wish.chunks * context, measuring.length / perToken),
    context,
    pace: { rate, parameters: model.parameters, threads: parts.threads() },
    machine: await parts.runtime.machine(),
    ...(wish.labelled !== undefined && { labelled: wish.labelled }),
    sizes: async (type) => (await parts.jobs.sizes(model, token, [{ type }]))[0]!,
    header: async (path) => {
      const read = await readGgufHeader(path);
      if (read.header.problem) throw read.header.problem;
      return read.header;
    },
  };
  for (const step of recipe.steps) if (step.kind === "lora" && step.examples !== undefined) await checkThere(step.examples);
  return estimateSteps(recipe, ground);
}

/** Throws where a step cannot run, or where its files have no room. */
export async function checkPlan({ steps }: CompressionRecipe, estimates: readonly StepEstimate[], folder: string): Promise<void> {
  const at = estimates.findIndex(({ problem }) => problem !== undefined);
  const [step, estimate] = [steps[at], estimates[at]];
  if (step && estimate) throw new HumanError("badArgument", `Step ${at + 1}, “${stepTitle(step)}”: ${estimate.problem}`);
  const needed = estimates.reduce((sum, { disk }) => sum + disk, 0);
  const free = await freeBytes(folder);
  if (free !== undefined && free < needed + margin) {
    throw new HumanError("diskFull", `The files of this recipe need ${formatBytes(needed)}, but only ${formatBytes(free)} are free in ${folder}: make room or choose another folder.`);
  }
}

/** A vocabulary of 4,096 tokens takes about 3.5 characters of English for one, one of 128,000 about 4.5; other letters take more tokens. */
function charactersPerToken(text: string, vocabulary = 32_000): number {
  const latin = (text.slice(0, 20_000).match(/[ -~\s]/g)?.length ?? 0) / Math.max(1, Math.min(text.length, 20_000));
  return (vocabulary < 16_000 ? 3.5 : 4.5) * (0.5 + 0.5 * latin);
}

async function checkThere(path: string): Promise<void> {
  if (!(await stat(path).catch(() => undefined))?.isFile()) throw new HumanError("notFound", `There is no file of examples at ${path}.`);
}
