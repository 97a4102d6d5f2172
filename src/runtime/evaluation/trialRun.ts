import type { NativeLibrary } from "../ffi/library";
import { LogitsKernel } from "./logitsKernel";
import { MeasuredModel } from "./measuredModel";

/** Tokens that are read. */
const tokens = 4;

/**
 * Runs a model for a few tokens, from its mapped file: that needs little memory, however large it is. Throws a HumanError where llama.cpp
 * does not load or run it, or where it computes numbers that are none.
 * An aborted run ends without a word.
 */
export async function runOnce(library: NativeLibrary, path: string, signal: AbortSignal): Promise<void> {
  const options = { context: 32, threads: 1, mapped: true };
  const silence = library.log.listen(() => {});
  const batch = library.newBatch(tokens);
  let model: MeasuredModel | undefined;
  try {
    model = await MeasuredModel.open(library, path, options);
    if (signal.aborted) return;
    await model.prepare(1, options);
    const first = model.bos ?? 0;
    await model.decodeChunks(batch, Int32Array.from({ length: tokens }, (_, index) => (first + index) % model!.vocabSize), new Int8Array(tokens).fill(1));
    const kernel = new LogitsKernel(model.vocabSize);
    for (let index = 0; index < tokens; index++) {
      model.readLogits(index, kernel.base);
      kernel.summary(kernel.base);
    }
  } finally {
    model?.dispose();
    batch.dispose();
    silence();
  }
}
