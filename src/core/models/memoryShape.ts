import { modelShape } from "../fit/memory";
import type { GgufHeader } from "../gguf/header";
import type { ModelShape } from "../../protocol/model";

/** Larger counts are in no model; they would only make sums overflow. */
const largest = 2 ** 32;

/** The shape that memory is estimated from, where every number of it makes sense. Headers come from strangers. */
export function memoryShape(header: GgufHeader): ModelShape | undefined {
  const shape = modelShape(header);
  const { blocks, embedding, heads, keyWidth, valueWidth, vocabulary, feedForward, tiedShare = 0 } = shape;
  const sensible = [blocks, embedding, heads, keyWidth, valueWidth, vocabulary].every((count) => count > 0 && count < largest);
  return sensible && feedForward >= 0 && feedForward < largest && tiedShare >= 0 && tiedShare <= 1 ? shape : undefined;
}
