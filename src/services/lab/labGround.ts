import type { ModelFile } from "../../protocol/model";
import type { CompressionRecipe } from "../../protocol/recipe";
import type { StudyText } from "../tradeoffs/ground";
import type { CompressionLabParts } from "./compressionLabParts";
import { filesOf } from "./recipeEdits";
import type { Ground } from "./runningRecipe";

/** What a person has chosen, as it was when a piece of work on it began. */
export interface ChosenGround {
  readonly recipe: CompressionRecipe;
  readonly model: ModelFile;
  readonly text: StudyText;
}

/** Throws for a model or a file of a step that must not be read, since its workspace is not trusted. */
export async function requireTrust({ requireTrust: require }: Pick<CompressionLabParts, "requireTrust">, { model, recipe }: Omit<ChosenGround, "text">): Promise<void> {
  for (const path of [...(model.builtIn ? [] : [model.path]), ...filesOf(recipe)]) await require(path);
}

/** What a recipe runs on, once all of it may be read. */
export async function groundOfRun(parts: CompressionLabParts, chosen: ChosenGround): Promise<Ground> {
  const { model, recipe, text } = chosen;
  await requireTrust(parts, chosen);
  // Reading labelled contracts takes longer than many a step.
  const labelled = recipe.steps.some(({ gate }) => gate?.minClauseF1 !== undefined) ? await parts.labelled(model) : [];
  return { model, text, folder: parts.folder(model), ...parts.measuring(), measuringText: await parts.bundledText(), ...(labelled.length > 0 && { labelled }) };
}
