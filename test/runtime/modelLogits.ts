import type { AdapterUse } from "../../src/protocol/model";
import { MeasuredModel } from "../../src/runtime/evaluation/measuredModel";
import { openNativeLibrary } from "../../src/runtime/ffi/library";

/** llama.cpp's logits of every token, one row after the other, computed and cached in single precision. */
export async function modelLogits(path: string, tokens: readonly number[], adapters: readonly AdapterUse[] = []): Promise<Float32Array> {
  const library = openNativeLibrary();
  const options = { context: tokens.length, threads: 1 };
  const silence = library.log.listen(() => {});
  const model = await MeasuredModel.open(library, path, options, adapters);
  const batch = library.newBatch(tokens.length, tokens.length);
  try {
    await model.prepare(1, options, { type_k: 0, type_v: 0, flash_attn_type: 0 });
    await model.decodeChunks(batch, Int32Array.from(tokens), new Int8Array(tokens.length).fill(1));
    const all = new Float32Array(tokens.length * model.vocabSize);
    tokens.forEach((_, index) => model.readLogits(index, all.subarray(index * model.vocabSize, (index + 1) * model.vocabSize)));
    return all;
  } finally {
    model.dispose();
    batch.dispose();
    silence();
  }
}

/** The largest difference of two logits. */
export function farthest(one: Float32Array, other: Float32Array): number {
  if (one.length !== other.length) throw new Error(`${one.length} logits and ${other.length}.`);
  return one.reduce((most, logit, index) => Math.max(most, Math.abs(logit - other[index]!)), 0);
}
