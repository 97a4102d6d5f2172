import { MeasuredModel } from "../../src/runtime/evaluation/measuredModel";
import { openNativeLibrary } from "../../src/runtime/ffi/library";

/** The logits of each token, computed by llama.cpp on one thread, cached in single precision. */
export async function logitsOf(path: string, tokens: readonly number[]): Promise<readonly Float32Array[]> {
  const library = openNativeLibrary();
  const options = { context: tokens.length, threads: 1 };
  const silence = library.log.listen(() => {});
  const model = await MeasuredModel.open(library, path, options);
  const batch = library.newBatch(tokens.length, tokens.length);
  try {
    await model.prepare(1, options, { type_k: 0, type_v: 0, flash_attn_type: 0 });
    await model.decodeChunks(batch, Int32Array.from(tokens), new Int8Array(tokens.length).fill(1));
    return tokens.map((_, index) => {
      const row = new Float32Array(model.vocabSize);
      model.readLogits(index, row);
      return row;
    });
  } finally {
    model.dispose();
    batch.dispose();
    silence();
  }
}

/** The largest difference between two logits. */
export function distance(rows: readonly Float32Array[], others: readonly Float32Array[]): number {
  return Math.max(...rows.flatMap((row, position) => [...row].map((logit, token) => Math.abs(logit - others[position]![token]!))));
}
