import { HumanError } from "../../protocol/humanError";
import type { CompressionRecipe } from "../../protocol/recipe";

/** A recipe as its file has it, paths as they are written there. A HumanError says where in it what is wrong. */
export function parseRecipe(_text: string): CompressionRecipe {
  throw new HumanError("unsupported", "This is not built yet.");
}

/** The text of a recipe's file: parseRecipe gives the same recipe back. */
export function recipeText(recipe: CompressionRecipe): string {
  return `${JSON.stringify(recipe, undefined, 2)}\n`;
}
