import { dirname } from "node:path";
import { parseRecipe } from "../../core/recipes/recipeFile";
import { HumanError } from "../../protocol/humanError";
import type { CompressionRecipe } from "../../protocol/recipe";
import { readSmallFile } from "../smallFile";
import { pathsOutside, withAbsolutePaths } from "./recipePaths";

/** A recipe is a page of settings. */
const longestRecipe = 256 * 1024;

export interface OpenedRecipe {
  /** With absolute paths. */
  readonly recipe: CompressionRecipe;
  /** Those that lie outside of the file's folder: ask before they are read. */
  readonly outside: readonly string[];
}

/** Throws a HumanError that names the file. */
export async function openRecipe(file: string): Promise<OpenedRecipe> {
  const text = await readSmallFile(file, longestRecipe).catch((error: unknown) => {
    if (error instanceof HumanError) throw error;
    throw new HumanError("notFound", `There is no recipe at ${file} that can be read.`, { cause: error });
  });
  const recipe = withAbsolutePaths(parseRecipe(text), dirname(file));
  return { recipe, outside: pathsOutside(recipe, file) };
}
