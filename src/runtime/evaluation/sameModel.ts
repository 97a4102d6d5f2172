import { basename } from "node:path";
import { HumanError } from "../../protocol/humanError";
import type { MeasuredModel } from "./measuredModel";

/** Divergence is taken token by token: both must have the same ones. */
export async function checkSameVocabulary(base: MeasuredModel, tokens: Int32Array, variant: MeasuredModel, text: string): Promise<void> {
  const names = `${basename(variant.path)} and ${basename(base.path)}`;
  if (variant.vocabSize !== base.vocabSize) {
    throw new HumanError("vocabularyMismatch", `${names} have different vocabularies (${variant.vocabSize} and ${base.vocabSize} tokens): compare versions of one model.`);
  }
  const own = await variant.tokenize(text);
  if (own.length !== tokens.length || own.some((token, index) => token !== tokens[index])) {
    throw new HumanError("vocabularyMismatch", `${names} cut the text into different tokens: compare versions of one model.`);
  }
}

/** Models of one family may share a vocabulary; their headers tell them apart. */
export function checkSameModel(base: MeasuredModel, variant: MeasuredModel): void {
  const [own, other] = [shape(variant), shape(base)];
  if (own === other) return;
  throw new HumanError("badArgument", `${basename(variant.path)} is another model (${own}) than ${basename(base.path)} (${other}): compare versions of one model.`);
}

function shape({ layout: { scalars } }: MeasuredModel): string {
  const architecture = String(scalars.get("general.architecture"));
  const read = (name: string): unknown => scalars.get(`${architecture}.${name}`);
  return `${architecture}, ${String(read("block_count"))} blocks, width ${String(read("embedding_length"))}`;
}
