import { defaultTargets } from "../../core/training/adapterFile";
import type { ModelFile } from "../../protocol/model";
import type { RecipeStep } from "../../protocol/recipe";

export const preparedKinds = ["prune", "sparsify", "distil", "lora"] as const;
export type PreparedKind = (typeof preparedKinds)[number];

const unquantized: ReadonlySet<string> = new Set(["F32", "F16", "BF16"]);
const adapter = { rank: 8, alpha: 16, targets: defaultTargets };

/** The step that a single command puts into the lab, with settings that suit the model; `original` is what the model was made from. */
export function preparedStep(kind: PreparedKind, model: ModelFile, original: ModelFile): RecipeStep {
  switch (kind) {
    case "prune":
      return { kind, blocks: { least: 1, by: "influence" } };
    case "sparsify":
      return { kind, method: "wanda", sparsity: 0.5 };
    case "distil": {
      const teacher = original.path === model.path ? {} : { teacher: original.path };
      return { kind, ...teacher, ...(!unquantized.has(model.type) && { adapter }) };
    }
    case "lora":
      return { kind, adapter };
  }
}

export const preparedNames: Readonly<Record<PreparedKind, string>> = { prune: "Prune", sparsify: "Make sparse", distil: "Distil", lora: "Train an adapter" };
