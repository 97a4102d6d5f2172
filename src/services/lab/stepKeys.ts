import { stat } from "node:fs/promises";
import type { ModelFile } from "../../protocol/model";
import type { CompressionRecipe, RecipeStep } from "../../protocol/recipe";
import { fingerprint, hashOf } from "../tradeoffs/fingerprint";
import { readsText } from "./recipeGround";
import { isTraining } from "./stepFiles";

/**
 * Of every step, in hexadecimal, what its result follows from: the model, the steps before it, its settings, the text where it reads that, and
 * the files that it names. The gate has no part in it, nor whether an adapter is merged: its training is the same.
 */
export async function stepKeys({ steps, seed }: CompressionRecipe, model: ModelFile, learning: string): Promise<readonly string[]> {
  const text = hashOf(learning);
  const keys: string[] = [];
  let before = await contentOf(model.path);
  for (const step of steps) {
    const settings = { ...step, gate: undefined, merge: undefined };
    before = hashOf(JSON.stringify([before, settings, ...(readsText(step) ? [text] : []), ...(isTraining(step) ? [seed] : []), await Promise.all(filesNamed(step).map(contentOf))]));
    keys.push(before);
  }
  return keys;
}

/** Of what a step makes of a model, whatever the steps before were. */
export async function resultKey(step: RecipeStep, model: ModelFile, learning: string): Promise<string> {
  return hashOf(JSON.stringify([
    { ...step, gate: undefined }, await fingerprint(model.path), ...(readsText(step) ? [hashOf(learning)] : []), ...(step.kind === "merge" ? [await fingerprint(step.adapter)] : []),
  ]));
}

function filesNamed(step: RecipeStep): readonly string[] {
  const path = step.kind === "distil" ? step.teacher : step.kind === "lora" ? step.examples : step.kind === "merge" ? step.adapter : undefined;
  return path === undefined ? [] : [path];
}

/** Of what is missing: empty. That it is missing is told where it is needed. */
async function contentOf(path: string): Promise<string> {
  return (await stat(path).catch(() => undefined))?.isFile() ? fingerprint(path).catch(() => "") : "";
}
