import { bestWithin, smallestWithin, type TensorChoice } from "../../core/compression/mixSolver";
import { type TensorCost, tensorCosts } from "../../core/evaluation/quantError";
import { formatBytes } from "../../core/format";
import { tensorBytes, tensorTypeNamed } from "../../core/gguf/tensorTypes";
import { HumanError } from "../../protocol/humanError";
import type { QuantSize, Recipe, TensorErrors } from "../../protocol/model";
import type { Forecast, MixGoal } from "../../protocol/panels";

const plainTypes = ["Q8_0", "Q6_K", "Q5_K", "Q5_1", "Q5_0", "Q4_K", "Q4_1", "Q4_0", "IQ4_XS", "IQ4_NL", "Q3_K", "IQ3_S", "Q2_K"] as const;
const matrixTypes = ["IQ3_XXS", "IQ2_S", "IQ2_XXS"] as const;

/** Types that a mix may use; some are garbage without an importance matrix. */
export function mixTypesFor(matrix: boolean): readonly string[] {
  return matrix ? [...plainTypes, ...matrixTypes] : plainTypes;
}

/** A version that can be taken instead of a mix. */
export interface Standard {
  readonly label: string;
  readonly size: QuantSize;
  /** Measured or expected, nats. */
  readonly kl: number;
}

export interface MixQuestion {
  readonly goal: MixGoal;
  readonly errors: readonly TensorErrors[];
  readonly imatrix?: string;
  readonly standards: readonly Standard[];
  /** Bytes of the original. */
  readonly originalBytes: number;
  /** Calibrated forecast of KL divergence for the sum of the tensors' costs. */
  forecast(cost: number): Forecast;
  /** The exact size of a recipe, by dry run. */
  size(recipe: Recipe): Promise<QuantSize>;
}

export interface FoundMix {
  readonly label: string;
  readonly recipe: Recipe;
  readonly size: QuantSize;
  readonly kl: Forecast;
}

/**
 * The mix of types that loses least within a size, or is smallest within a loss. Throws a HumanError that names the
 * standard level to take when no mix beats it, or says what is possible when nothing reaches the goal.
 */
export async function findMix(question: MixQuestion): Promise<FoundMix> {
  const { goal, errors, imatrix, standards } = question;
  if (goal.kind === "bytes" && goal.bytes >= question.originalBytes) {
    throw new HumanError("badArgument", `The original is ${formatBytes(question.originalBytes)} large and fits into ${formatBytes(goal.bytes)} as it is: ask for less, or keep it.`);
  }
  const costOf = tensorCosts(errors);
  const choices = errors.map((tensor) => choiceOf(tensor, costOf, imatrix !== undefined));
  const solve = goal.kind === "bytes" ? solverForSize(question, choices, goal.bytes) : solverForLoss(question, choices, goal.kl);
  const { recipe, size, cost } = await solve();
  const kl = question.forecast(cost);
  const rival = standards.filter((standard) => (goal.kind === "bytes" ? standard.size.bytes <= goal.bytes : standard.kl <= goal.kl)).sort((a, b) => a.kl - b.kl || a.size.bytes - b.size.bytes);
  const better = goal.kind === "bytes" ? rival.find((standard) => standard.kl <= kl.value) : rival.find((standard) => standard.size.bytes <= size.bytes);
  if (better) {
    throw new HumanError("unsupported", `${better.label} (${formatBytes(better.size.bytes)}, KL ${better.kl.toPrecision(2)}) is expected to do no worse than any mix for this goal: take it.`);
  }
  return { label: `Mix ${formatBytes(size.bytes)}`, recipe, size, kl };
}

interface Solved {
  readonly recipe: Recipe;
  readonly size: QuantSize;
  readonly cost: number;
}

/** The dry run tells what a file weighs beside the tensors that a mix chooses for; the mix is then sought again with that much less. */
function solverForSize(question: MixQuestion, choices: readonly TensorChoice[], bytes: number): () => Promise<Solved> {
  return async () => {
    let budget = bytes;
    for (let attempt = 0; attempt < 4; attempt++) {
      const mix = bestWithin(choices, budget);
      if (!mix) break;
      const recipe = recipeOf(question, mix.types, bytes);
      const size = await question.size(recipe);
      if (size.problem) throw new HumanError("unsupported", size.problem);
      if (size.bytes <= bytes) return { recipe, size, cost: mix.cost };
      budget = bytes - (size.bytes - mix.bytes);
    }
    const least = choices.reduce((sum, { options }) => sum + Math.min(...options.map((option) => option.bytes)), 0);
    throw new HumanError("badArgument", `No mix is as small as ${formatBytes(bytes)}: with the smallest types the weights alone take ${formatBytes(least)}. Ask for more room${question.imatrix ? "" : ", or calibrate on your documents first, which allows smaller types"}.`);
  };
}

function solverForLoss(question: MixQuestion, choices: readonly TensorChoice[], kl: number): () => Promise<Solved> {
  return async () => {
    const mix = smallestWithin(choices, largestCost(question, kl));
    if (!mix) throw new HumanError("badArgument", `Every quantized version is expected to lose more than ${kl}: keep the original, or allow a larger loss.`);
    const recipe = recipeOf(question, mix.types, mix.bytes);
    const size = await question.size(recipe);
    if (size.problem) throw new HumanError("unsupported", size.problem);
    return { recipe, size, cost: mix.cost };
  };
}

/** The largest cost whose forecast stays within the loss, by bisection of its logarithm. */
function largestCost({ forecast }: MixQuestion, kl: number): number {
  let [low, high] = [Math.log(1e-9), Math.log(100)];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (forecast(Math.exp(middle)).value <= kl) low = middle;
    else high = middle;
  }
  return Math.exp(low);
}

function choiceOf(tensor: TensorErrors, costOf: TensorCost, withMatrix: boolean): TensorChoice {
  const options = mixTypesFor(withMatrix).flatMap((type) => {
    const storage = tensorTypeNamed(type);
    const bytes = storage && tensorBytes(storage, tensor.shape);
    const cost = costOf(tensor, type);
    return bytes === undefined || cost === undefined ? [] : [{ type, bytes, cost }];
  });
  return { name: tensor.name, options: options.length > 0 ? options : [{ type: tensor.type, bytes: tensor.bytes, cost: 0 }] };
}

/** Named after the standard level nearest in size, which tensors that the mix does not name follow. */
function recipeOf({ standards, imatrix }: MixQuestion, types: Readonly<Record<string, string>>, bytes: number): Recipe {
  const nearest = [...standards].sort((a, b) => Math.abs(a.size.bytes - bytes) - Math.abs(b.size.bytes - bytes))[0];
  return { type: nearest?.size.type ?? "Q4_K_M", tensorTypes: types, ...(imatrix !== undefined && { imatrix }) };
}
