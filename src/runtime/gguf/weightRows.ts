import { ggmlTypeNumber, tensorBytes, tensorTypeNamed } from "../../core/gguf/tensorTypes";
import type { Address } from "../ffi/address";
import type { NativeLibrary } from "../ffi/library";
import type { NativeMemory } from "../ffi/nativeMemory";

/** Converts rows of weights between ggml's storage types and 32-bit floats; its native room grows with what is asked for. */
export class WeightRows {
  #memory: NativeMemory;
  #room = 0;
  #stored: Address = 0n;
  #floats: Address = 0n;
  #importance: Address = 0n;

  constructor(private readonly library: NativeLibrary) {
    this.#memory = library.newMemory();
  }

  /** The rows of `stored`, one after the other. */
  restore(type: string, stored: Uint8Array, columns: number): Float32Array {
    const kind = tensorTypeNamed(type)!;
    const weights = (stored.length / kind.blockBytes) * kind.blockSize;
    this.#grow(weights);
    const floats = new Float32Array(weights - (weights % columns));
    this.library.copy(this.#stored, stored, stored.length);
    this.library.types.restore(ggmlTypeNumber(type)!, this.#stored, this.#floats, floats.length);
    this.library.copy(floats, this.#floats, floats.byteLength);
    return floats;
  }

  /** Rows in a storage type by ggml's own rounding. `importance` has one weight for each column; some types cannot do without. */
  async quantize(type: string, floats: Float32Array, columns: number, importance?: Float32Array): Promise<Uint8Array> {
    this.#grow(floats.length);
    this.library.copy(this.#floats, floats, floats.byteLength);
    if (importance) this.library.copy(this.#importance, importance, importance.byteLength);
    const rows = floats.length / columns;
    await this.library.types.quantize(ggmlTypeNumber(type)!, this.#floats, this.#stored, rows, columns, importance ? this.#importance : null);
    const bytes = new Uint8Array(tensorBytes(tensorTypeNamed(type)!, [columns, rows])!);
    this.library.copy(bytes, this.#stored, bytes.length);
    return bytes;
  }

  dispose(): void {
    this.#memory.dispose();
  }

  /** No storage type takes more than 4 bytes for a weight, but for F64. */
  #grow(weights: number): void {
    if (weights <= this.#room) return;
    this.#memory.dispose();
    this.#memory = this.library.newMemory();
    const room = (): Address => this.#memory.room(8 * weights);
    [this.#stored, this.#floats, this.#importance] = [room(), room(), room()];
    this.#room = weights;
  }
}
