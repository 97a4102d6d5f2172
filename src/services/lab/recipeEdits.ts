import { HumanError } from "../../protocol/humanError";
import type { CompressionRecipe, RecipeStep } from "../../protocol/recipe";

export const newRecipe: CompressionRecipe = { version: 1, name: "New recipe", seed: 1, steps: [] };

/** With a step put in before the one at `at`; at the end when that is not given. */
export function withStep(recipe: CompressionRecipe, step: RecipeStep, at = recipe.steps.length): CompressionRecipe {
  if (at !== recipe.steps.length) requireStep(recipe, at);
  return { ...recipe, steps: recipe.steps.toSpliced(at, 0, step) };
}

export function withStepChanged(recipe: CompressionRecipe, at: number, step: RecipeStep): CompressionRecipe {
  requireStep(recipe, at);
  return { ...recipe, steps: recipe.steps.with(at, step) };
}

export function withoutStep(recipe: CompressionRecipe, at: number): CompressionRecipe {
  requireStep(recipe, at);
  return { ...recipe, steps: recipe.steps.toSpliced(at, 1) };
}

/** The step at `from` becomes the one at `to`. */
export function withStepMoved(recipe: CompressionRecipe, from: number, to: number): CompressionRecipe {
  const step = requireStep(recipe, from);
  requireStep(recipe, to);
  return { ...recipe, steps: recipe.steps.toSpliced(from, 1).toSpliced(to, 0, step) };
}

/** How many steps at the beginning of both do the same: what is known of them holds for both. */
export function sharedSteps(before: CompressionRecipe, after: CompressionRecipe): number {
  if (before.seed !== after.seed) return 0;
  const differs = before.steps.findIndex((step, index) => !isSame(step, after.steps[index]));
  return differs < 0 ? before.steps.length : differs;
}

/** Whether two recipes are the same but for the model and the text that they are run on. */
export function isSameRecipe(one: CompressionRecipe, other: CompressionRecipe): boolean {
  return one.name === other.name && one.steps.length === other.steps.length && one.seed === other.seed && sharedSteps(one, other) === one.steps.length;
}

/** Files that the steps read besides what the steps before them made. */
export function filesOf({ steps }: CompressionRecipe): readonly string[] {
  return steps.flatMap((step) => (step.kind === "distil" ? (step.teacher ?? []) : step.kind === "lora" ? (step.examples ?? []) : step.kind === "merge" ? step.adapter : []));
}

function isSame(one: RecipeStep, other: RecipeStep | undefined): boolean {
  return other !== undefined && (one === other || JSON.stringify(one) === JSON.stringify(other));
}

function requireStep({ steps }: CompressionRecipe, at: number): RecipeStep {
  const step = Number.isInteger(at) ? steps[at] : undefined;
  if (!step) throw new HumanError("badArgument", `The recipe has no step ${at + 1}.`);
  return step;
}
