import type { AdapterSettings } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import { hyperparameter, metadataString, type ParsedHeader, type TensorInfo } from "../gguf/header";
import { checkAdapterSettings } from "./adapterFile";
import { baseTypes } from "./differentiable";

const floatTypes: readonly string[] = ["F32", "F16", "BF16"];

/** Whether a model can learn in this way, by all that its header tells. `name` begins the sentence of the HumanError. */
export function checkFit(name: string, header: ParsedHeader, adapter: AdapterSettings | undefined, context: number): void {
  if ((metadataString(header, "general.type") ?? "model") !== "model") refuse("unsupported", `${name} is no model: choose a model that is to learn.`);
  const trained = hyperparameter(header, "context_length") ?? context;
  if (context > trained) refuse("badArgument", `${name} was trained for a context of ${trained} tokens: take ${trained} or less instead of ${context}.`);
  const types = [...new Set(header.tensors.filter(({ shape }) => shape.length > 1).map(({ type }) => type))];
  const wrong = types.filter((type) => !(adapter ? baseTypes : floatTypes).includes(type));
  if (wrong.length > 0 && adapter) refuse("unsupported", `${name} has ${wrong.join(" and ")} weights, which llama.cpp cannot train an adapter on. It can on ${baseTypes.join(", ")}: convert it to F16 or another level first.`);
  if (wrong.length > 0) refuse("unsupported", `${name} has ${wrong.join(" and ")} weights, and only those of F32, F16 and BF16 models can learn: train an adapter on it, or take its F16 version.`);
  if (adapter) checkAdapterSettings(header.tensors, adapter);
}

/** Divergence is taken token by token. `names`: of both. */
export function checkVocabularySizes(names: string, student: number, teacher: number): void {
  if (student !== teacher) refuse("vocabularyMismatch", `${names} have different vocabularies (${student} and ${teacher} tokens): choose a teacher that the student was made from.`);
}

/**
 * Share of the machine's memory that a 32-bit copy of a quantized student may take. The copy computes with the very same weights, and an
 * adapter learns on it several times faster: ggml restores quantized rows again and again on the way back.
 */
const copyShare = 0.25;

/** Whether the student learns as a copy in 32 bits. Weights can only learn so; beneath an adapter they may be so, where it fits. */
export function needsFloatCopy(tensors: readonly TensorInfo[], adapter: boolean, totalMemory: number): boolean {
  return tensors.some(({ type }) => type !== "F32") && (!adapter || floatBytes(tensors) <= copyShare * totalMemory);
}

/** Of all weights in 32 bits. */
export function floatBytes(tensors: readonly TensorInfo[]): number {
  return tensors.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
}

function refuse(code: "unsupported" | "badArgument" | "vocabularyMismatch", sentence: string): never {
  throw new HumanError(code, sentence);
}
