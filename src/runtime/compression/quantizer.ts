import { rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { quantLevels } from "../../core/gguf/quantLevels";
import { HumanError } from "../../protocol/humanError";
import type { QuantSize, QuantizeResult } from "../../protocol/model";
import type { QuantizeParams, QuantizeProgress, SizesParams } from "../../protocol/rpc";
import { type NativeLibrary, openNativeLibrary } from "../ffi/library";
import { onWorker } from "../ffi/worker";
import { type GgufLayout, readGgufLayout } from "../gguf/ggufLayout";
import { checkFreeSpace, checkOutputIsNew, createPartial, type FreeSpace, freeSpace } from "./outputPlace";
import { failureSentence, quantizedSize, sourceProblem, startsQuantized } from "./quantizedSize";
import { QuantizerLog } from "./quantizerLog";

/** Exactly what each level would give from this file. Levels that cannot be made carry their problem. */
export async function sizes(params: SizesParams, signal: AbortSignal): Promise<readonly QuantSize[]> {
  const layout = readGgufLayout(params.input);
  const problem = sourceProblem(layout);
  const library = openNativeLibrary();
  const found: QuantSize[] = [];
  for (const { type } of params.recipes) {
    if (signal.aborted) throw HumanError.cancelled();
    const size = await quantizedSize(library, params.input, layout, type);
    found.push({ ...size, problem: problem ?? size.problem });
  }
  return found;
}

/**
 * Writes params.output: to a partial file in the same folder first, which takes the final name only when
 * it is whole. The input is only read. The native call cannot be interrupted: an abort is heeded before and
 * after it, and who cannot wait kills the process and deletes the partial file.
 */
export async function quantize(
  params: QuantizeParams,
  onProgress: (progress: QuantizeProgress) => void,
  signal: AbortSignal,
  free: FreeSpace = freeSpace,
): Promise<QuantizeResult> {
  const started = performance.now();
  const layout = readGgufLayout(params.input);
  await checkOutputIsNew(params.input, params.output);
  const problem = sourceProblem(layout);
  if (problem) throw new HumanError("unsupported", problem);
  const library = openNativeLibrary();
  const foretold = await quantizedSize(library, params.input, layout, params.recipe.type);
  if (foretold.problem) throw new HumanError("unsupported", foretold.problem);
  const partial = await createPartial(params.output);
  try {
    await checkFreeSpace(params.output, foretold.bytes, free);
    if (signal.aborted) throw HumanError.cancelled();
    await write(library, params, partial, startsQuantized(layout), onProgress);
    if (signal.aborted) throw HumanError.cancelled();
    verify(partial, layout, foretold);
    await checkOutputIsNew(params.input, params.output);
    await rename(partial, params.output);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return { ...foretold, path: params.output, seconds: (performance.now() - started) / 1000 };
}

async function write(
  library: NativeLibrary,
  { input, recipe: { type }, threads }: QuantizeParams,
  partial: string,
  requantize: boolean,
  onProgress: (progress: QuantizeProgress) => void,
): Promise<void> {
  const log = new QuantizerLog((tensor, tensors) => onProgress({ tensor, tensors }));
  const stop = library.log.listen((line) => log.hear(line));
  try {
    const params = library.llama.quantizeDefaultParams();
    Object.assign(params, { nthread: Math.max(1, threads), ftype: quantLevels[type].ftype, allow_requantize: requantize });
    const failed = (await onWorker(library.llama.quantize, input, partial, params)) !== 0;
    if (!failed) return;
    const sentence = failureSentence(type, log);
    throw new HumanError(sentence.startsWith("Writing failed") ? "diskFull" : "failed", sentence);
  } finally {
    stop();
  }
}

/** llama.cpp reports success without reading back what it wrote. */
function verify(partial: string, source: GgufLayout, foretold: QuantSize): void {
  const written = readGgufLayout(partial);
  const names = new Set(written.tensors.map(({ name }) => name));
  const complete = written.tensors.length === source.tensors.length && source.tensors.every(({ name }) => names.has(name));
  if (!complete || written.fileBytes !== foretold.bytes) {
    throw new HumanError("failed", `The written ${foretold.type} file is not what it should be (${written.fileBytes} bytes instead of ${foretold.bytes}, ${basename(partial)}): it was deleted. Try again.`);
  }
}
