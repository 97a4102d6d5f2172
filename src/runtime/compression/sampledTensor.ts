import type { FileHandle } from "node:fs/promises";
import { RelativeError, evenRows } from "../../core/compression/relativeError";
import type { TensorInfo } from "../../core/gguf/header";
import { ggmlTypeNumber, tensorBytes, tensorTypeNamed } from "../../core/gguf/tensorTypes";
import { HumanError } from "../../protocol/humanError";
import type { Address } from "../ffi/address";
import type { NativeLibrary } from "../ffi/library";
import type { NativeMemory } from "../ffi/nativeMemory";

/** Rows of one expert of a tensor, or of the whole tensor when it has no experts. */
interface Slice {
  readonly expert: number;
  readonly rows: readonly number[];
}

/** What one worker samples tensors with: native room for the rows of the largest, used again and again. */
export class TensorSampler {
  readonly #memory: NativeMemory;
  readonly #stored: Address;
  readonly #weights: Address;
  readonly #quantized: Address;
  readonly #restored: Address;
  readonly #importance: Address;

  constructor(
    private readonly library: NativeLibrary,
    private readonly file: FileHandle,
    private readonly dataOffset: number,
    /** Weights that `sample` may ask for at once, and the longest row. */
    most: number,
  ) {
    this.#memory = library.newMemory();
    const room = (): Address => this.#memory.room(4 * most);
    [this.#stored, this.#weights, this.#quantized, this.#restored, this.#importance] = [room(), room(), room(), room(), room()];
  }

  /** Relative squared error of `rows` evenly spread rows by type. Importance: one number for each column, experts one after the other. */
  async sample(tensor: TensorInfo, rows: number, types: readonly string[], importance?: Float32Array): Promise<Record<string, number>> {
    const errors = new Map(types.map((type) => [type, new RelativeError()]));
    const columns = columnsOf(tensor);
    for (const { expert, rows: own } of slices(tensor, rows)) {
      const weights = await this.#read(tensor, own);
      const slice = importance?.subarray(expert * columns, (expert + 1) * columns);
      if (slice) this.library.copy(this.#importance, slice, slice.byteLength);
      const restored = new Float32Array(weights.length);
      for (const [type, error] of errors) {
        const number = ggmlTypeNumber(type) ?? 0;
        await this.library.types.quantize(number, this.#weights, this.#quantized, own.length, columns, slice ? this.#importance : null);
        this.library.types.restore(number, this.#quantized, this.#restored, weights.length);
        this.library.copy(restored, this.#restored, restored.byteLength);
        error.add(weights, restored, slice);
      }
    }
    return Object.fromEntries([...errors].map(([type, error]) => [type, error.value]));
  }

  dispose(): void {
    this.#memory.dispose();
  }

  /** Only the bytes of these rows. They are also left in #weights. */
  async #read(tensor: TensorInfo, rows: readonly number[]): Promise<Float32Array> {
    const columns = columnsOf(tensor);
    const type = tensorTypeNamed(tensor.type);
    const rowBytes = (type && tensorBytes(type, [columns])) ?? 0;
    const bytes = Buffer.alloc(rowBytes * rows.length);
    for (const [index, row] of rows.entries()) {
      await this.file.read(bytes, index * rowBytes, rowBytes, this.dataOffset + tensor.offset + row * rowBytes);
    }
    const weights = new Float32Array(columns * rows.length);
    this.library.copy(this.#stored, bytes, bytes.length);
    this.library.types.restore(ggmlTypeNumber(tensor.type) ?? 0, this.#stored, this.#weights, weights.length);
    this.library.copy(weights, this.#weights, weights.byteLength);
    if (!weights.every(Number.isFinite)) throw new HumanError("notReadable", `${tensor.name} holds numbers that are none (NaN or infinite): the file is damaged. Download or convert it again.`);
    return weights;
  }
}

export function columnsOf({ shape }: TensorInfo): number {
  return shape[0] ?? 0;
}

export function rowsOf({ shape }: TensorInfo): number {
  return shape.slice(1).reduce((product, size) => product * size, 1);
}

/** The sampled rows by expert, since each expert has an importance of its own. */
function slices(tensor: TensorInfo, rows: number): readonly Slice[] {
  const perExpert = tensor.shape[1] ?? 1;
  const byExpert = new Map<number, number[]>();
  for (const row of evenRows(rowsOf(tensor), rows)) {
    const expert = Math.floor(row / perExpert);
    const own = byExpert.get(expert) ?? [];
    byExpert.set(expert, own);
    own.push(row);
  }
  return [...byExpert].map(([expert, own]) => ({ expert, rows: own }));
}
