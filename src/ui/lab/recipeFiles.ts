import { dirname, join } from "node:path";
import * as vscode from "vscode";
import { parseRecipe, recipeText } from "../../core/recipes/recipeFile";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { CompressionRecipe } from "../../protocol/recipe";
import { openRecipe } from "../../services/lab/recipeOnDisk";
import { withRelativePaths } from "../../services/lab/recipePaths";
import { fileName } from "../format";

export const recipeEnd = ".decant.json";

/** Asks for the file of a recipe; undefined when the person stepped back. */
export async function pickRecipeFile(): Promise<string | undefined> {
  const [uri] = (await vscode.window.showOpenDialog({ filters: { "Compression recipe": ["json"] }, openLabel: "Open Recipe" })) ?? [];
  return uri?.fsPath;
}

/** Reads a recipe; undefined when the person does not want it to read files elsewhere. Throws a HumanError that names the file. */
export async function readRecipe(file: string): Promise<CompressionRecipe | undefined> {
  const { recipe, outside } = await openRecipe(file);
  if (outside.length === 0) return recipe;
  const choice = await vscode.window.showWarningMessage(
    `${fileName(file)} uses files outside of its folder.`,
    { modal: true, detail: `${outside.join("\n")}\n\nOpen it when you know where it comes from.` },
    "Open",
  );
  return choice && recipe;
}

/** Asks for a place unless the recipe has one, and writes it there. Answers the file; undefined when the person stepped back. Throws for a recipe that could not be opened again. */
export async function saveRecipe(recipe: CompressionRecipe, known: string | undefined, folder: string): Promise<string | undefined> {
  parseRecipe(recipeText(recipe));
  const file = known ?? (await askPlace(recipe, folder));
  if (file === undefined) return undefined;
  const text = recipeText(withRelativePaths(recipe, dirname(file)));
  parseRecipe(text);
  try {
    await vscode.workspace.fs.writeFile(vscode.Uri.file(file), new TextEncoder().encode(text));
  } catch (error) {
    throw new HumanError("notWritable", `The recipe could not be written (${sentenceOf(error)}). Choose another place.`, { cause: error });
  }
  return file;
}

async function askPlace({ name }: CompressionRecipe, folder: string): Promise<string | undefined> {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? folder;
  const defaultUri = vscode.Uri.file(join(root, `${plainName(name)}${recipeEnd}`));
  // Dialogs know only what stands after the last point, and would put more behind it.
  const uri = await vscode.window.showSaveDialog({ defaultUri, filters: { "Compression recipe": ["json"] }, saveLabel: "Save Recipe" });
  if (!uri || uri.fsPath.endsWith(recipeEnd)) return uri?.fsPath;
  const file = `${uri.fsPath.replace(/\.json$/, "")}${recipeEnd}`;
  return (await mayTake(file)) ? file : undefined;
}

/** The dialog has asked about another name. */
async function mayTake(file: string): Promise<boolean> {
  const isThere = await vscode.workspace.fs.stat(vscode.Uri.file(file)).then(() => true, () => false);
  return !isThere || (await vscode.window.showWarningMessage(`${fileName(file)} exists already.`, { modal: true }, "Replace")) === "Replace";
}

/** A file name for any title. */
export function plainName(title: string): string {
  const name = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  return name.slice(0, 60) || "recipe";
}
