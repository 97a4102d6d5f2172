import { open } from "node:fs/promises";
import type { TensorInfo } from "../../core/gguf/header";
import { tensorBytes, tensorTypeNamed } from "../../core/gguf/tensorTypes";
import { HumanError } from "../../protocol/humanError";
import type { TensorErrors } from "../../protocol/model";
import type { TensorErrorsParams, TensorErrorsProgress } from "../../protocol/rpc";
import { checkMatches, importanceOf, type ImportanceMatrix } from "../calibration/importanceMatrix";
import { readMatrix } from "../calibration/matrixFile";
import { type NativeLibrary, openNativeLibrary } from "../ffi/library";
import { type GgufLayout, readGgufLayout } from "../gguf/ggufLayout";
import { cannotDoWithout, isWritten, sourceProblem } from "./problems";
import { planQuantization } from "./quantizationPlan";
import { columnsOf, rowsOf, TensorSampler } from "./sampledTensor";

/** Weights looked at in all. All types of a 16 GB model take about 5 s of processor time then, without the tables of the 1- and 2-bit types. */
const defaultSample = 1e6;

/**
 * What each storage type would do to each tensor that llama.cpp quantizes, from evenly sampled rows, by ggml's own
 * functions. Left out are types that the rows do not divide into, and those that cannot do without an importance
 * matrix where there is none for the tensor.
 */
export async function tensorErrors(
  params: TensorErrorsParams,
  onProgress: (progress: TensorErrorsProgress) => void,
  signal: AbortSignal,
): Promise<readonly TensorErrors[]> {
  const layout = readGgufLayout(params.input);
  checkParams(params, layout);
  const matrix = params.imatrix === undefined ? undefined : readMatrix(params.imatrix);
  if (matrix) checkMatches(matrix, layout);
  const library = openNativeLibrary();
  const tensors = await quantizedTensors(library, params.input, layout);
  if (signal.aborted) throw HumanError.cancelled();
  const run = new SamplingRun(library, params, matrix, tensors, signal, onProgress);
  return run.start(layout.dataOffset);
}

function checkParams({ types, sampledWeights }: TensorErrorsParams, layout: GgufLayout): void {
  const problem = sourceProblem(layout);
  if (problem) throw new HumanError("unsupported", problem);
  const odd = types.find((type) => !isWritten(type));
  if (odd !== undefined) throw new HumanError("badArgument", `${odd} is no storage type that llama.cpp writes.`);
  if (sampledWeights !== undefined && !(sampledWeights >= 1)) throw new HumanError("badArgument", "At least one weight must be sampled.");
}

/** llama.cpp itself is asked, by a dry run: a tensor that would not become smaller is none that it quantizes. */
async function quantizedTensors(library: NativeLibrary, input: string, layout: GgufLayout): Promise<readonly TensorInfo[]> {
  const { size } = await planQuantization(library, input, layout, { type: "Q4_0" });
  const { tensorTypes } = size;
  if (!tensorTypes) throw new HumanError("unsupported", size.problem ?? "llama.cpp cannot quantize this model.");
  return layout.tensors.filter(({ name, type }) => tensorTypes[name] !== type);
}

class SamplingRun {
  readonly #results: TensorErrors[] = [];
  #next = 0;
  #done = 0;

  constructor(
    private readonly library: NativeLibrary,
    private readonly params: TensorErrorsParams,
    private readonly matrix: ImportanceMatrix | undefined,
    private readonly tensors: readonly TensorInfo[],
    private readonly signal: AbortSignal,
    private readonly onProgress: (progress: TensorErrorsProgress) => void,
  ) {}

  async start(dataOffset: number): Promise<readonly TensorErrors[]> {
    const file = await open(this.params.input, "r");
    const most = Math.max(0, ...this.tensors.map((tensor) => this.#rows(tensor) * columnsOf(tensor)));
    const workers = Array.from({ length: Math.max(1, this.params.threads) }, () => new TensorSampler(this.library, file, dataOffset, most));
    try {
      const ends = await Promise.allSettled(workers.map((sampler) => this.#work(sampler)));
      for (const end of ends) if (end.status === "rejected") throw end.reason;
      return this.#results;
    } finally {
      for (const sampler of workers) sampler.dispose();
      await file.close();
    }
  }

  async #work(sampler: TensorSampler): Promise<void> {
    try {
      await this.#sampleAll(sampler);
    } catch (error) {
      this.#next = this.tensors.length;
      throw error;
    }
  }

  async #sampleAll(sampler: TensorSampler): Promise<void> {
    for (let index = this.#next++; index < this.tensors.length; index = this.#next++) {
      const tensor = this.tensors[index]!;
      if (this.signal.aborted) throw HumanError.cancelled();
      const importance = importanceOf(this.matrix, tensor);
      const types = this.params.types.filter((type) => fits(tensor, type) && (importance || !cannotDoWithout(type)));
      const errors = await sampler.sample(tensor, this.#rows(tensor), types, importance);
      const { name, shape, type, bytes } = tensor;
      this.#results[index] = { name, shape, type, bytes, errors };
      this.onProgress({ fraction: ++this.#done / this.tensors.length });
    }
  }

  /** Tensors get equal shares of the sample, whatever their size: each has an error of its own to be known. */
  #rows(tensor: TensorInfo): number {
    const share = (this.params.sampledWeights ?? defaultSample) / this.tensors.length;
    return Math.max(1, Math.min(rowsOf(tensor), Math.floor(share / columnsOf(tensor))));
  }
}

function fits(tensor: TensorInfo, typeName: string): boolean {
  const type = tensorTypeNamed(typeName);
  return type !== undefined && tensorBytes(type, tensor.shape) !== undefined;
}
