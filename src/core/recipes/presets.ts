import type { CompressionRecipe } from "../../protocol/recipe";

export interface RecipePreset {
  readonly id: string;
  readonly title: string;
  /** One sentence: for what it is good. */
  readonly detail: string;
  /** With the path of a model where one is given. */
  recipe(model?: string): CompressionRecipe;
}

export const recipePresets: readonly RecipePreset[] = [
  { id: "prune-quantize-distil", title: "Prune → quantize → distil", detail: "Drops a block, quantizes, and learns back from the original what that lost.", recipe: (model) => ({ version: 1, name: "Prune, quantize, distil", ...(model !== undefined && { model }), seed: 1, steps: [] }) },
];
