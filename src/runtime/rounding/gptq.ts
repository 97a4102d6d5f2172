import { rm } from "node:fs/promises";
import type { TensorInfo } from "../../core/gguf/header";
import { type Feedback, feedbackOf } from "../../core/rounding/feedback";
import { Gram } from "../../core/rounding/gram";
import type { InputProducts } from "../../core/rounding/inputProducts";
import { type GptqParams, type GptqResult, gptqTypes, type WorkProgress } from "../../protocol/compression";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import { checkReading } from "../calibration/textChunks";
import { checkFreeSpace, checkOutputIsNew, createPartial, freeSpace, placeOutput, writingFailed } from "../compression/outputPlace";
import { sourceProblem } from "../compression/problems";
import { planQuantization } from "../compression/quantizationPlan";
import { verifyQuantized, writeQuantized } from "../compression/quantizer";
import { type NativeLibrary, openNativeLibrary } from "../ffi/library";
import type { OutputOptions } from "../gguf/ggufOutput";
import { readGgufLayout } from "../gguf/ggufLayout";
import { freeMemory } from "../inference/machine";
import { MatrixRounder, type OutputErrors } from "./matrixRounder";
import { ProductKernel } from "./productKernel";
import { planRounding, type RoundingPlan } from "./roundingPlan";
import { Steps } from "./steps";
import { readInputs, widest } from "./textInputs";

export interface GptqOptions extends OutputOptions {
  /** Bytes of memory that may be taken. */
  readonly memory?: number;
}

/**
 * Quantizes with error-compensated rounding: llama.cpp's own quantizer writes the level to a partial file first, and the matrices of
 * the blocks are rounded anew into their places there. So all sizes and types are those of the level. The inputs are those of
 * the original model: taking them from rounded blocks, as the paper does, was no better on the sample model and reads the text
 * once for each block.
 */
export async function gptq(
  params: GptqParams,
  onProgress: (progress: WorkProgress) => void,
  signal: AbortSignal,
  { free = freeSpace, onPartial, tryLoad, memory = freeMemory() }: GptqOptions = {},
): Promise<GptqResult> {
  const started = performance.now();
  const { input, output, type, threads } = params;
  if (!gptqTypes.includes(type)) throw new HumanError("badArgument", `Compensated rounding writes ${gptqTypes.join(", ")}, not ${String(type)}: choose one of them, or quantize without it.`);
  checkReading(params);
  const layout = readGgufLayout(input);
  await checkOutputIsNew(input, output);
  const problem = sourceProblem(layout);
  if (problem) throw new HumanError("unsupported", problem);
  const library = openNativeLibrary();
  const { size, job } = await planQuantization(library, input, layout, { type }, undefined, `quantize ${type} by GPTQ`);
  if (size.problem) throw new HumanError("unsupported", size.problem);
  const plan = planRounding(params, layout, new Map(Object.entries(size.tensorTypes ?? {})), memory);
  const partial = await createPartial(output, onPartial);
  const silence = library.log.listen(() => {});
  try {
    await checkFreeSpace(output, size.bytes, free);
    if (signal.aborted) throw HumanError.cancelled();
    const progress = new Steps(plan, onProgress);
    await writeQuantized(library, { ...job, output: partial, threads, dryRun: false }, type, ({ tensor, tensors }) => progress.quantizing(tensor / tensors, type));
    const { errors, notes } = await compensate(library, params, plan, partial, progress, signal);
    verifyQuantized(partial, layout, size);
    await tryLoad?.(partial).catch((error: unknown) => {
      throw new HumanError("failed", `llama.cpp does not take what was made, which was deleted: ${sentenceOf(error)}`, { cause: error });
    });
    if (signal.aborted) throw HumanError.cancelled();
    await placeOutput(partial, output);
    const outputError = { compensated: mean(errors.map(({ compensated }) => compensated)), plain: mean(errors.map(({ plain }) => plain)) };
    return { ...size, path: output, seconds: (performance.now() - started) / 1000, compensated: errors.length, outputError, notes: [...plan.notes, ...notes] };
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  } finally {
    silence();
  }
}

async function compensate(
  library: NativeLibrary,
  params: GptqParams,
  { groups }: RoundingPlan,
  partial: string,
  progress: Steps,
  signal: AbortSignal,
): Promise<{ readonly errors: readonly OutputErrors[]; readonly notes: readonly string[] }> {
  const rounder = await MatrixRounder.open(library, params.input, partial);
  const gram = new Gram((floats) => new ProductKernel(floats), widest(groups.flat()));
  const errors: OutputErrors[] = [];
  let read = 0;
  try {
    for (const group of groups) {
      const { products, tokens } = await readInputs(library, params, group, (chunks, all) => progress.reading(chunks / all), signal);
      read = tokens;
      const feedbacks = new Feedbacks(gram);
      for (const { name } of group) {
        const own = products.get(name);
        if (own) errors.push(await rounder.round(name, params.type, ...feedbacks.of(own), signal));
        progress.rounded(name);
      }
    }
    await rounder.sync();
  } catch (error) {
    throw error instanceof Error && "code" in error && !(error instanceof HumanError) ? writingFailed(params.output, error) : error;
  } finally {
    await rounder.dispose();
  }
  return { errors, notes: notesOf(groups.flat(), errors.length, read) };
}

/** What the inputs ask for, decomposed once for all matrices that share them. */
class Feedbacks {
  readonly #known = new Map<InputProducts, readonly [Feedback, Float64Array]>();

  constructor(private readonly gram: Gram) {}

  of(products: InputProducts): readonly [Feedback, Float64Array] {
    const known = this.#known.get(products) ?? this.#decompose(products);
    this.#known.set(products, known);
    return known;
  }

  #decompose(products: InputProducts): readonly [Feedback, Float64Array] {
    const importance = products.squares;
    try {
      return [feedbackOf(products, this.gram), importance];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new HumanError("failed", "The model computes numbers that are too large to compensate for: quantize without compensation.", { cause: error });
    }
  }
}

function notesOf(matrices: readonly TensorInfo[], compensated: number, tokens: number): readonly string[] {
  const notes: string[] = [];
  if (compensated < matrices.length) notes.push(`${matrices.length - compensated} matrices were not used by the text and keep llama.cpp's own rounding.`);
  const columns = widest(matrices);
  if (tokens < 2 * columns) notes.push(`The text has ${tokens} tokens, few for matrices with up to ${columns} inputs: more text makes the compensation better.`);
  return notes;
}

function mean(values: readonly number[]): number {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
}
