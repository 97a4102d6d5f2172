import type { HubHeader } from "../../protocol/hub";
import { modelShape } from "../fit/memory";
import { architectureOf, type GgufHeader, hyperparameter, metadataString, parameterCount, weightBytes } from "../gguf/header";
import { plainText } from "../models/safePath";

/** What a GGUF model tells of itself, from the headers of all its parts: the first one has the metadata, each one its own tensors. */
export function ggufFacts(parts: readonly GgufHeader[]): HubHeader {
  const first = parts[0]!;
  const header: GgufHeader = { ...first, tensors: parts.flatMap(({ tensors }) => tensors) };
  const parameters = parameterCount(header);
  const shape = modelShape(header);
  const license = metadataString(header, "general.license");
  return {
    architecture: plainText(architectureOf(header), 60),
    parameters,
    contextLength: hyperparameter(header, "context_length") ?? 0,
    bitsPerWeight: (8 * weightBytes(header)) / Math.max(1, parameters),
    hasChatTemplate: metadataString(header, "tokenizer.chat_template") !== undefined,
    ...(license !== undefined && { license: plainText(license, 60) }),
    ...(shape.blocks > 0 && { shape }),
  };
}
