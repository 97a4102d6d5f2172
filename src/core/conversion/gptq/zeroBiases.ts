import type { Checkpoint, SourceTensor } from "../checkpoint";
import { gptqPrefixes } from "./gptqLinear";

/**
 * The checkpoint without the biases of quantized layers that are nothing but zeros. Some versions of AutoGPTQ give every layer a
 * bias; llama.cpp does not load a model with biases that its architecture does not have (done_getting_tensors counts them).
 */
export async function withoutZeroBiases(checkpoint: Checkpoint): Promise<Checkpoint> {
  const tensors = new Map(checkpoint.tensors);
  for (const prefix of gptqPrefixes(checkpoint)) {
    const bias = tensors.get(`${prefix}.bias`);
    if (bias && (await isZero(bias))) tensors.delete(`${prefix}.bias`);
  }
  return { ...checkpoint, tensors };
}

async function isZero(tensor: SourceTensor): Promise<boolean> {
  const bytes = await tensor.read();
  return bytes.length === tensor.bytes && bytes.every((byte) => byte === 0);
}
