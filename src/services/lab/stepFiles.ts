import { basename, join } from "node:path";
import { familyOfName } from "../../core/gguf/header";
import { safeFileName } from "../../core/models/safePath";
import type { ModelFile } from "../../protocol/model";
import type { CompressionRecipe, RecipeStep } from "../../protocol/recipe";
import { stepEnding, trainedEnding } from "./outputNames";

/** Where a step of a recipe writes. */
export interface StepFiles {
  /** Its result: a model, or an adapter that stays beside the model. */
  readonly output: string;
  /** What a training writes, where that is merged into `output` after. */
  readonly trained: string;
  /** An importance matrix, where it needs one. */
  readonly matrix: string;
}

/** Characters of a recipe's name in the names of its files. */
const longestSlug = 40;

/** Digits of a step's key in the names of its files: results of an edited recipe stand beside the earlier ones. */
const keyDigits = 6;

/** Of every step: the model's family, the recipe, the step's number and key, and what it does, e.g. "small-my-recipe-2-3fa92c-Q4_K_M.gguf". */
export function filesOf({ name, steps }: CompressionRecipe, keys: readonly string[], model: ModelFile, folder: string): readonly StepFiles[] {
  const beginning = [familyOfName(basename(model.path)), slugOf(name)].filter((part) => part !== "").join("-");
  let level = model.type;
  return steps.map((step, index) => {
    const file = (ending: string): string => join(folder, safeFileName(`${beginning}-${index + 1}-${keys[index]!.slice(0, keyDigits)}-${ending}.gguf`));
    const files = { output: file(stepEnding(step, level)), trained: file(trainedName(step, level)), matrix: file("imatrix") };
    if (step.kind === "quantize") level = step.level;
    return files;
  });
}

function trainedName(step: RecipeStep, level: ModelFile["type"]): string {
  return isTraining(step) ? trainedEnding(step.kind, step.adapter !== undefined, false, level) : "";
}

export function isTraining(step: RecipeStep): step is Extract<RecipeStep, { kind: "distil" | "lora" }> {
  return step.kind === "distil" || step.kind === "lora";
}

/** Whether a step leaves an adapter beside its model. */
export function leavesAdapter(step: RecipeStep): boolean {
  return isTraining(step) && step.adapter !== undefined && step.merge !== true;
}

function slugOf(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, longestSlug).replace(/^-+|-+$/g, "");
}
