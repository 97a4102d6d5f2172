import { textParts } from "../../core/recipes/textParts";
import { HumanError } from "../../protocol/humanError";
import type { CompressionRecipe, RecipeStep } from "../../protocol/recipe";
import type { LabText } from "./labParts";

/** What a recipe learns from and what it is measured on, which are never the same words. */
export interface RecipeGround {
  readonly learning: LabText;
  readonly measuring: LabText;
  /** Both by name, for a report. */
  readonly words: string;
  readonly notes: readonly string[];
}

/** Throws where the text is too short to be divided and there is no other to measure on. */
export function groundOf(recipe: CompressionRecipe, text: LabText, other: LabText | undefined): RecipeGround {
  const parts = textParts(text.text);
  if (parts) return { learning: { name: text.name, text: parts.learning }, measuring: { name: text.name, text: parts.measuring }, words: `${text.name}, its last fifth measured on`, notes: [] };
  if (other && other.text.trim() !== text.text.trim()) {
    return { learning: text, measuring: other, words: `${text.name}, measured on ${other.name}`, notes: [`${text.name} is too short to hold a fifth of it back, so the results are measured on ${other.name}.`] };
  }
  if (!recipe.steps.some(readsText)) return { learning: text, measuring: text, words: `${text.name}, all of it measured on and none learnt from`, notes: [] };
  throw new HumanError("textTooShort", `${text.name} is too short: a fifth of it is held back to measure on, and that needs about 7,000 characters in all. Choose a longer text.`);
}

/** What is never measured on, where the text can be divided. */
export function learningOf({ text }: LabText): string {
  return textParts(text)?.learning ?? text;
}

/** Whether a step ranks, calibrates or learns. */
export function readsText(step: RecipeStep): boolean {
  switch (step.kind) {
    case "prune":
      return (step.blocks !== undefined && "least" in step.blocks) || (step.feedForward ?? 1) < 1;
    case "sparsify":
      return step.method === "wanda";
    case "quantize":
      return step.imatrix === true || step.rounding === "gptq";
    case "distil":
      return true;
    case "lora":
      return step.examples === undefined;
    case "merge":
      return false;
  }
}
