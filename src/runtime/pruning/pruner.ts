import { planPruning, type PrunePlan, pruningStep, type PruningWish } from "../../core/pruning/prunePlan";
import type { PruneParams, PruneResult, WorkProgress } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import { checkMatches, importanceOf, type ImportanceMatrix } from "../calibration/importanceMatrix";
import { readMatrix } from "../calibration/matrixFile";
import { lineageEntries } from "../compression/lineageMetadata";
import { checkOutputIsNew } from "../compression/outputPlace";
import { isWritten, needsMatrix } from "../compression/problems";
import { runOnce } from "../evaluation/trialRun";
import { type NativeLibrary, openNativeLibrary } from "../ffi/library";
import { readGgufLayout } from "../gguf/ggufLayout";
import { type OutputOptions, writeGguf } from "../gguf/ggufOutput";
import { TensorFile } from "../gguf/tensorFile";
import { WeightRows } from "../gguf/weightRows";
import { prunedBytes } from "./keptColumns";
import { keptNeurons } from "./keptNeurons";

/**
 * Writes params.output: the model without some blocks, or with fewer feed-forward neurons, tensor by tensor. The result is loaded and run
 * for a few tokens before it takes its name.
 */
export async function prune(params: PruneParams, onProgress: (progress: WorkProgress) => void, signal: AbortSignal, options: OutputOptions = {}): Promise<PruneResult> {
  const started = performance.now();
  const { input, output, imatrix } = params;
  const matrix = imatrix === undefined ? undefined : readMatrix(imatrix);
  if (matrix) checkMatches(matrix, readGgufLayout(input));
  const file = await TensorFile.open(input);
  try {
    const { plan, bytes } = await writePruned(openNativeLibrary(), file, { ...params, matrix, output }, onProgress, signal, options);
    const { parameters, blocks, feedForward, notes } = plan;
    return { path: output, bytes, parameters, blocks, feedForward, notes, seconds: (performance.now() - started) / 1000 };
  } finally {
    await file.close();
  }
}

/** The wish, and where its result goes. */
export interface PrunedOutput extends PruningWish {
  readonly output: string;
  readonly matrix?: ImportanceMatrix;
}

export async function writePruned(
  library: NativeLibrary,
  file: TensorFile,
  wish: PrunedOutput,
  onProgress: (progress: WorkProgress) => void,
  signal: AbortSignal,
  options: OutputOptions,
): Promise<{ readonly plan: PrunePlan; readonly bytes: number }> {
  const { output, matrix } = wish;
  const step = pruningStep(planPruning(file.header, wish), wish);
  const plan = planPruning(file.header, wish, lineageEntries(file.path, file.header.metadata, step));
  checkTypes(plan, matrix);
  await checkOutputIsNew(file.path, output);
  const { narrowed, tensors, alignment, metadata } = plan;
  const all = narrowed.length + tensors.length + 1;
  const weights = new WeightRows(library);
  try {
    const kept = new Map<number, Uint32Array>();
    for (const [index, part] of narrowed.entries()) {
      onProgress({ done: index, all, label: `Ranking the neurons of block ${part.block}` });
      kept.set(part.block, await keptNeurons(file, weights, part, wish.feedForward!, matrix, signal));
    }
    const parts = { file, weights, kept, ...(matrix && { matrix }) };
    const produced = tensors.map((tensor) => ({ ...tensor, produce: () => prunedBytes(tensor, parts) }));
    const tryLoad = async (path: string): Promise<void> => {
      onProgress({ done: all - 1, all, label: "Running the result" });
      await options.tryLoad?.(path);
      await runOnce(library, path, signal);
    };
    const written = await writeGguf(output, [file.path], { metadata, alignment, tensors: produced }, ({ tensor }) => onProgress({ done: narrowed.length + tensor, all, label: "Writing" }), signal, { ...options, tryLoad });
    onProgress({ done: all, all });
    return { plan, bytes: written.bytes };
  } finally {
    weights.dispose();
  }
}

/** Columns of quantized matrices are quantized again, which not every type allows. */
function checkTypes({ tensors }: PrunePlan, matrix: ImportanceMatrix | undefined): void {
  for (const { source, type, neurons } of tensors) {
    if (neurons?.of !== "columns" || ["F32", "F16", "BF16"].includes(type)) continue;
    if (!isWritten(type)) throw new HumanError("unsupported", `${source.name} is stored as ${type}, which llama.cpp cannot write: prune the model's original.`);
    if (needsMatrix(type, source.name) && !importanceOf(matrix, source)) throw new HumanError("badArgument", `${source.name} is stored as ${type}, which cannot be made without an importance matrix: give one, or prune the model's original.`);
  }
}
