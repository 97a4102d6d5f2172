import { type FileHandle, open } from "node:fs/promises";
import { evenRows } from "../../core/compression/relativeError";
import type { TensorInfo } from "../../core/gguf/header";
import type { Feedback } from "../../core/rounding/feedback";
import type { NewMultiplier } from "../../core/rounding/multiplier";
import { outputPower } from "../../core/rounding/outputPower";
import { RowRounding } from "../../core/rounding/roundRows";
import type { GptqType } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { NativeLibrary } from "../ffi/library";
import { ranges, rowsOf, TensorFile } from "../gguf/tensorFile";
import { WeightRows } from "../gguf/weightRows";
import { ProductKernel } from "./productKernel";

/** ‖(W − Q)X‖² ÷ ‖WX‖² of a matrix, of some of its rows where it has many. */
export interface OutputErrors {
  readonly compensated: number;
  readonly plain: number;
}

/** Rows of which the errors are told. */
const measuredRows = 64;
const newMultiplier: NewMultiplier = (floats) => new ProductKernel(floats);

/** Rounds matrices of one file into the place that they have in another, which llama.cpp has quantized. */
export class MatrixRounder {
  readonly #rows: WeightRows;

  private constructor(
    library: NativeLibrary,
    private readonly source: TensorFile,
    private readonly target: TensorFile,
    private readonly handle: FileHandle,
  ) {
    this.#rows = new WeightRows(library);
  }

  static async open(library: NativeLibrary, source: string, target: string): Promise<MatrixRounder> {
    const from = await TensorFile.open(source);
    const to = await TensorFile.open(target);
    return new MatrixRounder(library, from, to, await open(target, "r+"));
  }

  /** `importance` has a number for each column. */
  async round(name: string, type: GptqType, feedback: Feedback, importance: Float64Array, signal: AbortSignal): Promise<OutputErrors> {
    const [from, to] = [this.source.find(name)!, this.target.find(name)!];
    const weights = await this.#sample(this.source, from);
    const plain = await this.#sample(this.target, to);
    const rounding = new RowRounding(type, feedback, importance, newMultiplier);
    const rowBytes = to.bytes / rowsOf(to);
    for (const range of ranges(from)) {
      if (signal.aborted) throw HumanError.cancelled();
      const bytes = rounding.round(this.#floats(from, await this.source.read(from, range)));
      await this.handle.write(bytes, 0, bytes.length, this.target.header.dataOffset + to.offset + range.first * rowBytes);
    }
    const compensated = await this.#sample(this.target, to);
    const power = outputPower(weights, feedback, newMultiplier);
    const share = (rounded: Float32Array): number => (power > 0 ? outputPower(difference(rounded, weights), feedback, newMultiplier) / power : 0);
    return { compensated: share(compensated), plain: share(plain) };
  }

  /** What was written is on the disk. */
  async sync(): Promise<void> {
    await this.handle.sync();
  }

  async dispose(): Promise<void> {
    this.#rows.dispose();
    await Promise.all([this.handle.close(), this.source.close(), this.target.close()]);
  }

  async #sample(file: TensorFile, tensor: TensorInfo): Promise<Float32Array> {
    const columns = tensor.shape[0]!;
    const sampled = evenRows(rowsOf(tensor), measuredRows);
    const all = new Float32Array(sampled.length * columns);
    for (const [index, first] of sampled.entries()) all.set(this.#floats(tensor, await file.read(tensor, { first, rows: 1 })), index * columns);
    return all;
  }

  #floats({ name, type, shape }: TensorInfo, bytes: Buffer): Float32Array {
    const weights = this.#rows.restore(type, bytes, shape[0]!);
    if (!weights.every(Number.isFinite)) throw new HumanError("notReadable", `${name} holds numbers that are none (NaN or infinite): the file is damaged. Download or convert it again.`);
    return weights;
  }
}

function difference(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, index) => value - b[index]!);
}
