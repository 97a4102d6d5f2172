import type { AdapterSettings } from "../../protocol/compression";
import type { CompressionRecipe, RecipeStep } from "../../protocol/recipe";
import { defaultTargets } from "../training/adapterFile";

export interface RecipePreset {
  readonly id: string;
  readonly title: string;
  /** One sentence: for what it is good. */
  readonly detail: string;
  /** With the path of a model where one is given. */
  recipe(model?: string): CompressionRecipe;
}

const smallAdapter: AdapterSettings = { rank: 4, alpha: 8, targets: defaultTargets };
const leastImportantBlock = { least: 1, by: "influence" } as const;

export const recipePresets: readonly RecipePreset[] = [
  preset("prune-quantize-distil", "Prune → quantize → distil", "Smaller twice, then a small adapter learns back from the original what both steps lost.", [
    { kind: "prune", blocks: leastImportantBlock },
    { kind: "quantize", level: "Q4_K_M" },
    { kind: "distil", adapter: smallAdapter },
  ]),
  preset("smallest", "Smallest that still reads", "Two to three bits a weight, and a distilled adapter that repairs much of what they lose.", [
    { kind: "quantize", level: "Q2_K", imatrix: true },
    { kind: "distil", adapter: smallAdapter },
  ]),
  preset("gptq-q4", "GPTQ Q4_0", "The size and speed of Q4_0 with a smaller loss: each rounding error is made up for by the weights after it.", [
    { kind: "quantize", level: "Q4_0", rounding: "gptq" },
  ]),
  preset("drop-and-heal", "Drop one block and heal", "Faster by a block, which the rest of the model learns to do without; needs an unquantized model.", [
    { kind: "prune", blocks: leastImportantBlock },
    { kind: "distil" },
  ]),
  preset("prune-quantize", "Prune and quantize", "Minutes instead of hours: no training, and a question in between if pruning costs too much.", [
    { kind: "prune", blocks: leastImportantBlock, gate: { maxPerplexity: 2, otherwise: "ask" } },
    { kind: "quantize", level: "Q4_K_M", imatrix: true },
  ]),
  preset("narrow-heal-quantize", "Narrow, heal, quantize", "Keeps every block but a quarter of its neurons, heals all weights, then quantizes; needs an unquantized model.", [
    { kind: "prune", feedForward: 0.75 },
    { kind: "distil" },
    { kind: "quantize", level: "Q4_K_M", imatrix: true },
  ]),
];

function preset(id: string, title: string, detail: string, steps: readonly RecipeStep[]): RecipePreset {
  return { id, title, detail, recipe: (model) => ({ version: 1, name: title, ...(model !== undefined && { model }), seed: 1, steps }) };
}
