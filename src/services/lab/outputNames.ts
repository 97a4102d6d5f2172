import { basename, dirname, join } from "node:path";
import { droppedBlocks } from "../../core/recipes/stepWords";
import { familyOfName } from "../../core/gguf/header";
import { safeFileName } from "../../core/models/safePath";
import type { ModelFile } from "../../protocol/model";
import type { RecipeStep } from "../../protocol/recipe";

export const unquantized: readonly ModelFile["type"][] = ["F32", "F16", "BF16", "unknown"];

/** Beside a model, named after its family; of the built-in model in a folder of its own, since an update replaces its folder. */
export function besideModel(model: ModelFile, builtInOutputs: string | undefined, ending: string): string {
  const folder = (model.builtIn && builtInOutputs) || dirname(model.path);
  return join(folder, safeFileName(`${familyOfName(basename(model.path))}-${ending}.gguf`));
}

/** How the name of a step's result ends, e.g. "pruned-1", "sparse-50", "gptq-Q4_0". A result of a quantized model names its level too. */
export function stepEnding(step: RecipeStep, level: ModelFile["type"]): string {
  switch (step.kind) {
    case "prune":
      return withLevel(pruneEnding(droppedBlocks(step), step.feedForward), level);
    case "sparsify":
      return withLevel(`sparse-${step.pattern?.replace(":", "of") ?? Math.round(100 * step.sparsity)}`, level);
    case "quantize":
      return step.rounding === "gptq" ? `gptq-${step.level}` : `${step.level}${step.imatrix ? "-imatrix" : ""}`;
    case "distil":
      return trainedEnding("distil", step.adapter !== undefined, step.merge === true, level);
    case "lora":
      return trainedEnding("lora", true, step.merge === true, level);
    case "merge":
      return withLevel(`merged-${familyOfName(basename(step.adapter))}`, level);
  }
}

/** An adapter names the level that it was made for. */
export function trainedEnding(kind: "distil" | "lora", adapter: boolean, merged: boolean, level: ModelFile["type"]): string {
  if (adapter && !merged) return unquantized.includes(level) ? `${kind}-adapter` : `${level}-${kind}-adapter`;
  return withLevel(kind === "distil" ? "distilled" : "tuned", level);
}

export function withLevel(ending: string, level: ModelFile["type"]): string {
  return unquantized.includes(level) ? ending : `${ending}-${level}`;
}

function pruneEnding(blocks: number, feedForward = 1): string {
  const parts = [...(blocks > 0 ? [String(blocks)] : []), ...(feedForward < 1 ? [`ffn${Math.round(100 * feedForward)}`] : [])];
  return ["pruned", ...parts].join("-");
}
