import { checkedOllamaName } from "../../core/models/modelfile";
import { sentenceOf } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";

/** e.g. "contracts-5m:q8_0". */
export function ollamaNameOf({ family, type }: Pick<ModelFile, "family" | "type">): string {
  const name = family.toLowerCase().replace(/[^\w.-]+/g, "-").replace(/^[^a-z0-9]+|[-.]+$/g, "").slice(0, 80) || "model";
  return type === "unknown" ? name : `${name}:${type.toLowerCase()}`;
}

export function ollamaNameProblem(text: string): string | undefined {
  try {
    checkedOllamaName(text.trim());
    return undefined;
  } catch (error) {
    return sentenceOf(error);
  }
}
