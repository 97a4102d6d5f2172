import type { NumberType } from "./valueTypes";

/** Bytes that grow while little-endian values are written one after the other. */
export class ByteWriter {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #encoder = new TextEncoder();

  get length(): number {
    return this.#length;
  }

  /** Throws a RangeError for a number that the type cannot hold. */
  number(type: NumberType, value: number | bigint): void {
    const at = this.#grow(8);
    switch (type) {
      case "f32": this.#view.setFloat32(at, Number(value), true); break;
      case "f64": this.#view.setFloat64(at, Number(value), true); break;
      default: this.#integer(at, type, value);
    }
    this.#length = at + Number(type.slice(1)) / 8;
  }

  /** UTF-8 behind its length in bytes. */
  text(value: string): void {
    const bytes = this.#encoder.encode(value);
    this.number("u64", bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    this.#length += bytes.length;
  }

  /** Zeros up to the next multiple of the alignment. */
  align(alignment: number): void {
    const end = aligned(this.#length, alignment);
    this.#grow(end - this.#length);
    this.#length = end;
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #integer(at: number, type: Exclude<NumberType, "f32" | "f64">, value: number | bigint): void {
    const whole = BigInt(value);
    const bits = Number(type.slice(1));
    const held = type.startsWith("u") ? BigInt.asUintN(bits, whole) : BigInt.asIntN(bits, whole);
    if (held !== whole) throw new RangeError(`${value} does not fit ${type}.`);
    // The bytes behind a shorter number are written over by what comes next, or cut off.
    this.#view.setBigUint64(at, BigInt.asUintN(bits, whole), true);
  }

  /** Makes room for so many bytes more, and says where they go. */
  #grow(bytes: number): number {
    if (this.#length + bytes > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#length + bytes));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return this.#length;
  }
}

/** The next multiple of the alignment. */
export function aligned(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
