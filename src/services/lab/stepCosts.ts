import { modelShape, memoryOfFile, totalNeed } from "../../core/fit/memory";
import { type ParsedHeader, parameterCount } from "../../core/gguf/header";
import type { TrainSettings } from "../../protocol/compression";
import type { QuantType } from "../../protocol/model";

/** Seconds and bytes of memory. */
export interface Cost {
  readonly seconds: number;
  readonly memory: number;
}

/** How fast this machine reads text with a model of so many weights; another model takes time in proportion to its weights. */
export interface Pace {
  /** Tokens per second. */
  readonly rate: number;
  readonly parameters: number;
  readonly threads: number;
}

/** What the runtime's process takes before it holds any model. */
const process = 120 * 2 ** 20;
/** Bytes per second that files are read and written at, with some room. */
const fileRate = 200e6;
/** Weights per second and thread, one core of a usual processor: the searches of K-quants, the codebooks of IQ, plain blocks. */
const quantizingRates: readonly (readonly [pattern: RegExp, rate: number])[] = [[/^IQ[1-3]/, 0.4e6], [/^IQ4_XS/, 4e6], [/^I?Q\d_K|^IQ4/, 8e6], [/./, 80e6]];
/** Multiplications and additions per second of the loops of core/rounding. */
const roundingRate = 1e9;

export function readSeconds(tokens: number, { rate, parameters }: Pace, header: ParsedHeader): number {
  return rate > 0 ? (tokens / rate) * (parameterCount(header) / Math.max(1, parameters)) : 0;
}

export function copySeconds(bytes: number): number {
  return 1 + bytes / fileRate;
}

export function quantizeSeconds(level: QuantType, header: ParsedHeader, threads: number): number {
  const [, rate] = quantizingRates.find(([pattern]) => pattern.test(level))!;
  return 1 + parameterCount(header) / rate / threads;
}

/** Decoding, XXᵀ of every distinct input (n² for each token), and for each matrix rows × columns² (arXiv 2210.17323, 3.3). */
export function gptqSeconds(tokens: number, header: ParsedHeader, pace: Pace): number {
  const matrices = header.tensors.filter(({ name, shape }) => shape.length === 2 && /^blk\./.test(name));
  // Query, key and value share an input, gate and up share one: of seven matrices four inputs.
  const products = matrices.reduce((sum, { shape: [columns = 0] }) => sum + (4 / 7) * tokens * columns ** 2, 0);
  const rounding = matrices.reduce((sum, { shape: [columns = 0, rows = 0] }) => sum + rows * columns ** 2 + columns ** 3 / 3, 0);
  return readSeconds(tokens, pace, header) + (products + rounding) / roundingRate;
}

/** Reading a text: the whole model, its cache and buffers. */
export function readingMemory(header: ParsedHeader, context: number): number {
  return process + totalNeed(memoryOfFile(header, context));
}

/** Tensor by tensor: the largest one as it is, as floats, and as it is written. */
export function streamingMemory({ tensors }: ParsedHeader): number {
  return process + tensors.reduce((most, { shape }) => Math.max(most, 10 * shape.reduce((a, b) => a * b, 1)), 0);
}

/**
 * A token learnt takes as long as so many read, of a student alone. Measured on one thread with the sample model: 1,800 to 4,700 tokens read a
 * second, 250 to 410 learnt with a teacher, so 8 to 12 times as long; without a teacher it was not measured.
 */
const learningPasses = 9;
/** Seconds until the models are loaded. */
const loading = 2;
/** Rows that a block keeps of each token for the way back, in widths of the model and of its feed-forward part. */
const [keptWidths, keptNeuronRows] = [14, 4];

/**
 * Forward and backward for each token of each epoch, the teacher's forward pass, and the validations. Memory: with all weights four times
 * the weights in F32 (weights, gradients, Adam's two moments); else the model as it is; activations of one piece twice
 * (values and gradients), four rows of logits for each of its tokens; the teacher beside it.
 */
export function trainingCost(tokens: number, student: ParsedHeader, teacher: ParsedHeader | undefined, settings: TrainSettings, adapter: boolean, pace: Pace): Cost {
  const { context, epochs, validationShare, piece = context } = settings;
  const { blocks, embedding, feedForward, heads, vocabulary } = modelShape(student);
  // Held back is a share of all: after each epoch, and once before, both models read it.
  const held = (tokens * validationShare) / (1 - validationShare);
  const both = (count: number): number => readSeconds(count, pace, student) + (teacher ? readSeconds(count, pace, teacher) : 0);
  const seconds = (pace.rate > 0 ? loading : 0) + epochs * (both(tokens) + (learningPasses - 1) * readSeconds(tokens, pace, student)) + (epochs + 1) * both(held);
  const activations = 2 * 4 * piece * blocks * (keptWidths * embedding + keptNeuronRows * feedForward + 2 * heads * context);
  const logits = 4 * 4 * piece * vocabulary;
  const weights = adapter ? readingMemory(student, context) : process + 16 * parameterCount(student);
  return { seconds, memory: weights + activations + logits + (teacher ? readingMemory(teacher, context) : 0) };
}
