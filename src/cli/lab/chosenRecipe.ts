import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { recipePresets } from "../../core/recipes/presets";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { CompressionRecipe } from "../../protocol/recipe";
import type { LabText } from "../../services/lab/labParts";
import { openRecipe } from "../../services/lab/recipeOnDisk";
import { type Invocation, onePositional, optionalPath } from "../command";
import { checkPlace } from "../outputPlace";
import { modelFor } from "../studyOptions";
import { readTexts } from "../textFolder";
import { givenText } from "./labText";
import { canAsk, yesOrNo } from "./question";

export interface ChosenRecipe {
  /** Its paths are absolute. */
  readonly recipe: CompressionRecipe;
  readonly model: ModelFile;
  readonly text: LabText;
}

/** The recipe of a file or a preset, with the model and the text that it is for. */
export async function chosenRecipe(invocation: Invocation): Promise<ChosenRecipe> {
  const { options, services } = invocation;
  const { recipe, outside } = await recipeAt(onePositional(invocation, "recipe: a file, or the name of a preset"));
  const given = typeof options.model === "string" ? options.model : undefined;
  const read = outside.filter((path) => !(path === recipe.model && given !== undefined) && !(path === recipe.text && options.text !== undefined));
  if (read.length > 0) await agree(invocation, read);
  const named = given ?? recipe.model;
  if (named === undefined) throw new HumanError("badArgument", "The recipe names no model: give one with --model F.");
  const model = await modelFor(invocation, named);
  const text = (await givenText(invocation)) ?? (recipe.text === undefined ? undefined : await textAt(recipe.text)) ?? (await services.sampleText());
  return { recipe, model, text };
}

export function presetNamed(name: string): CompressionRecipe | undefined {
  return recipePresets.find(({ id }) => id === name)?.recipe();
}

async function recipeAt(asked: string): Promise<{ readonly recipe: CompressionRecipe; readonly outside: readonly string[] }> {
  const path = resolve(asked);
  const preset = existsSync(path) ? undefined : presetNamed(asked);
  if (preset) return { recipe: preset, outside: [] };
  if (!existsSync(path)) throw new HumanError("notFound", `There is no file ${asked}, and no preset of that name: take ${recipePresets.map(({ id }) => id).join(", ")}.`);
  return openRecipe(path);
}

/** A recipe may come from a stranger: what it reads elsewhere is told first. */
async function agree(invocation: Invocation, paths: readonly string[]): Promise<void> {
  if (invocation.options.yes === true) return;
  const told = `The recipe reads ${paths.join(", ")}, outside of its own folder.`;
  if (!canAsk()) throw new HumanError("badArgument", `${told} Add --yes if that is right.`);
  if (!(await yesOrNo(`${told} Go on?`, invocation.token))) throw HumanError.cancelled();
}

async function textAt(path: string): Promise<LabText> {
  const texts = await readTexts([path]);
  const [only] = texts;
  return texts.length === 1 && only ? only : { name: `${texts.length} texts of ${path}`, text: texts.map(({ text }) => text).join("\n\n") };
}

/** Where the steps' results go. */
export function recipeFolder(invocation: Invocation, model: ModelFile, beside: string): string {
  const folder = optionalPath(invocation, "folder");
  checkPlace(model, folder, "folder");
  return folder ?? beside;
}
