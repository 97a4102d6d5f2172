import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { HumanError } from "../../protocol/humanError";
import type { QuantSize, QuantType, QuantizeResult, Recipe } from "../../protocol/model";
import type { QuantizeParams, QuantizeProgress, SizesParams } from "../../protocol/rpc";
import { checkMatches, type ImportanceMatrix } from "../calibration/importanceMatrix";
import { readMatrix } from "../calibration/matrixFile";
import { type NativeLibrary, openNativeLibrary } from "../ffi/library";
import type { QuantizerJob } from "../ffi/quantizerCall";
import { type GgufLayout, readGgufLayout } from "../gguf/ggufLayout";
import { checkFreeSpace, checkOutputIsNew, createPartial, freeSpace, placeOutput, type WritingOptions } from "./outputPlace";
import { failureSentence, sourceProblem } from "./problems";
import { planQuantization } from "./quantizationPlan";
import { QuantizerLog } from "./quantizerLog";

/** Exactly what each recipe would give from this file. Those that cannot be made carry their problem. */
export async function sizes(params: SizesParams, signal: AbortSignal): Promise<readonly QuantSize[]> {
  const layout = readGgufLayout(params.input);
  const problem = sourceProblem(layout);
  const matrices = new Matrices(layout);
  const library = openNativeLibrary();
  const found: QuantSize[] = [];
  for (const recipe of params.recipes) {
    if (signal.aborted) throw HumanError.cancelled();
    const size = await sizeBy(recipe);
    found.push({ ...size, problem: problem ?? size.problem });
  }
  return found;

  async function sizeBy(recipe: Recipe): Promise<QuantSize> {
    try {
      return (await planQuantization(library, params.input, layout, recipe, matrices.of(recipe))).size;
    } catch (error) {
      if (!(error instanceof HumanError)) throw error;
      return { type: recipe.type, bytes: 0, bitsPerWeight: 0, fallbacks: 0, problem: error.message };
    }
  }
}

/** The importance matrices of recipes for one model; each file is read once. */
class Matrices {
  readonly #read = new Map<string, ImportanceMatrix | HumanError>();

  constructor(private readonly layout: GgufLayout) {}

  /** Throws a HumanError when the matrix cannot be read or is another model's. */
  of({ imatrix: path }: Recipe): ImportanceMatrix | undefined {
    if (path === undefined) return undefined;
    const matrix = this.#read.get(path) ?? this.#open(path);
    this.#read.set(path, matrix);
    if (matrix instanceof HumanError) throw matrix;
    return matrix;
  }

  #open(path: string): ImportanceMatrix | HumanError {
    try {
      const matrix = readMatrix(path);
      checkMatches(matrix, this.layout);
      return matrix;
    } catch (error) {
      if (error instanceof HumanError) return error;
      throw error;
    }
  }
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
  { free = freeSpace, onPartial }: WritingOptions = {},
): Promise<QuantizeResult> {
  const started = performance.now();
  const layout = readGgufLayout(params.input);
  await checkOutputIsNew(params.input, params.output);
  const problem = sourceProblem(layout);
  if (problem) throw new HumanError("unsupported", problem);
  const library = openNativeLibrary();
  const { size: foretold, job } = await planQuantization(library, params.input, layout, params.recipe, new Matrices(layout).of(params.recipe));
  if (foretold.problem) throw new HumanError("unsupported", foretold.problem);
  const partial = await createPartial(params.output, onPartial);
  try {
    await checkFreeSpace(params.output, foretold.bytes, free);
    if (signal.aborted) throw HumanError.cancelled();
    await writeQuantized(library, { ...job, output: partial, threads: params.threads, dryRun: false }, foretold.type, onProgress);
    if (signal.aborted) throw HumanError.cancelled();
    verifyQuantized(partial, layout, foretold);
    await placeOutput(partial, params.output);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return { ...foretold, path: params.output, seconds: (performance.now() - started) / 1000 };
}

/** Runs a job that writes. Throws a HumanError that says why it failed. */
export async function writeQuantized(
  library: NativeLibrary,
  job: QuantizerJob,
  type: QuantType,
  onProgress: (progress: QuantizeProgress) => void,
): Promise<void> {
  const log = new QuantizerLog((tensor, tensors) => onProgress({ tensor, tensors }));
  const stop = library.log.listen((line) => log.hear(line));
  try {
    if (await library.runQuantizer(job)) return;
    const sentence = failureSentence(type, log);
    throw new HumanError(sentence.startsWith("Writing failed") ? "diskFull" : "failed", sentence);
  } finally {
    stop();
  }
}

/** llama.cpp reports success without reading back what it wrote. */
export function verifyQuantized(partial: string, source: GgufLayout, foretold: QuantSize): void {
  const written = readGgufLayout(partial);
  const names = new Set(written.tensors.map(({ name }) => name));
  const complete = written.tensors.length === source.tensors.length && source.tensors.every(({ name }) => names.has(name));
  if (!complete || written.fileBytes !== foretold.bytes) {
    throw new HumanError("failed", `The written ${foretold.type} file is not what it should be (${written.fileBytes} bytes instead of ${foretold.bytes}, ${basename(partial)}): it was deleted. Try again.`);
  }
}
