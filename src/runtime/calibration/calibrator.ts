import { rename, rm, stat } from "node:fs/promises";
import { basename } from "node:path";
import { HumanError } from "../../protocol/humanError";
import type { ImatrixInfo } from "../../protocol/model";
import type { CalibrateParams, CalibrateProgress } from "../../protocol/rpc";
import { checkFreeSpace, createPartial, freeSpace, isSameFile, type WritingOptions, writingFailed } from "../compression/outputPlace";
import { MeasuredModel } from "../evaluation/measuredModel";
import { type NativeLibrary, openNativeLibrary } from "../ffi/library";
import { partialPathOf } from "../../core/compression/partialPath";
import { InputSums } from "./inputSums";
import { readMatrix } from "./matrixFile";
import { type MatrixContent, matrixParts, writeMatrix } from "./matrixWriter";
import { checkReading, chunksOf, joined, tokensAtOnce } from "./textChunks";

/**
 * Reads texts with a model and writes how strongly the inputs of its weight matrices were excited, as llama-imatrix does:
 * to a partial file first. The texts are read as one, one after the other, in chunks; of too many, evenly spread ones.
 */
export async function calibrate(
  params: CalibrateParams,
  onProgress: (progress: CalibrateProgress) => void,
  signal: AbortSignal,
  { free = freeSpace, onPartial }: WritingOptions = {},
): Promise<ImatrixInfo> {
  checkReading(params);
  await checkOutput(params);
  const partial = await createPartial(params.output, onPartial);
  try {
    const content = await collect(openNativeLibrary(), params, onProgress, signal);
    const bytes = [...matrixParts(content)].reduce((sum, part) => sum + part.length, 0);
    await checkFreeSpace(params.output, bytes, free);
    await writeMatrix(partial, content).catch((error: unknown) => { throw writingFailed(params.output, error); });
    const { info } = readMatrix(partial);
    if (signal.aborted) throw HumanError.cancelled();
    await rename(partial, params.output);
    return { ...info, path: params.output };
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** An earlier matrix is replaced, nothing else is. */
async function checkOutput({ model, output }: CalibrateParams): Promise<void> {
  for (const place of [output, partialPathOf(output)]) {
    if (await isSameFile(model, place)) throw new HumanError("sameFile", `${basename(output)} would overwrite the model: choose another name.`);
  }
  if (!(await stat(output).catch(() => undefined))) return;
  try {
    readMatrix(output);
  } catch (error) {
    throw new HumanError("outputExists", `${basename(output)} exists already and is no importance matrix: choose another name.`, { cause: error });
  }
}

async function collect(
  library: NativeLibrary,
  params: CalibrateParams,
  onProgress: (progress: CalibrateProgress) => void,
  signal: AbortSignal,
): Promise<MatrixContent> {
  const { context } = params;
  const silence = library.log.listen(() => {});
  const sums = new InputSums((tensor) => library.graphs.read(tensor));
  const graph = library.graphs.observe(sums);
  const sequences = Math.max(1, Math.floor(tokensAtOnce / context));
  const batch = library.newBatch(sequences * context, context);
  let model: MeasuredModel | undefined;
  try {
    model = await MeasuredModel.open(library, params.model, params);
    const chunks = await chunksOf(model, params);
    // On the processor, even where there is a GPU.
    await model.prepare(sequences, params, { cb_eval: graph.callback, op_offload: false });
    for (let first = 0; first < chunks.length; first += sequences) {
      if (signal.aborted) throw HumanError.cancelled();
      const tokens = joined(chunks.slice(first, first + sequences));
      // All logits are wanted: for tokens without, the last block is not computed.
      await model.decodeChunks(batch, tokens, new Int8Array(tokens.length).fill(1));
      graph.check();
      sums.forgetInput();
      onProgress({ chunk: Math.min(first + sequences, chunks.length), totalChunks: chunks.length });
    }
    return { datasets: params.texts.map(({ name }) => name), chunks: chunks.length, chunkSize: context, tensors: sums.tensors };
  } finally {
    model?.dispose();
    batch.dispose();
    graph.dispose();
    silence();
  }
}
