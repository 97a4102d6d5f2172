import type { NumberType } from "./valueTypes";

/** Thrown where a value ends behind the bytes at hand, or behind the file: no error, so it gathers no stack. */
export class EndOfBytes {
  constructor(
    /** Where it ends, from the start of the file. */
    readonly end: number,
  ) {}
}

/** How a file writes numbers: version 1 of GGUF has lengths and counts of 4 bytes, later ones of 8. */
export interface ByteLayout {
  readonly littleEndian: boolean;
  readonly countBytes: 4 | 8;
}

/** Bytes of a file that are at hand. */
export interface ByteWindow {
  readonly bytes: Uint8Array;
  /** Where they lie in the file. */
  readonly start: number;
  readonly fileBytes: number;
}

/** Reads values one after the other. `position` counts from the start of the file. */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #start: number;
  readonly #end: number;
  readonly #fileBytes: number;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  constructor({ bytes, start, fileBytes }: ByteWindow, readonly layout: ByteLayout, public position: number) {
    // A Buffer's own subarray is slow.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = start;
    this.#end = start + bytes.length;
    this.#fileBytes = fileBytes;
  }

  /** Throws when there are not so many bytes at hand. */
  require(bytes: number): void {
    if (this.position + bytes > this.#end) throw new EndOfBytes(this.position + bytes);
  }

  /** Goes on behind so many bytes, which need not be at hand. */
  skip(bytes: number): void {
    if (this.position + bytes > this.#fileBytes) throw new EndOfBytes(this.position + bytes);
    this.position += bytes;
  }

  /** Whole numbers of 64 bits are given as bigint where a number would round them. */
  number(type: NumberType): number | bigint {
    const little = this.layout.littleEndian;
    switch (type) {
      case "u8": return this.#view.getUint8(this.#take(1));
      case "i8": return this.#view.getInt8(this.#take(1));
      case "u16": return this.#view.getUint16(this.#take(2), little);
      case "i16": return this.#view.getInt16(this.#take(2), little);
      case "u32": return this.uint32();
      case "i32": return this.#view.getInt32(this.#take(4), little);
      case "f32": return this.#view.getFloat32(this.#take(4), little);
      case "u64": return exact(this.#view.getBigUint64(this.#take(8), little));
      case "i64": return exact(this.#view.getBigInt64(this.#take(8), little));
      case "f64": return this.#view.getFloat64(this.#take(8), little);
    }
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), this.layout.littleEndian);
  }

  /** Offsets: anything over 2^53 becomes an inexact huge number, which no file can hold. */
  uint64(): number {
    const at = this.#take(8);
    const little = this.layout.littleEndian;
    const [low, high] = little ? [at, at + 4] : [at + 4, at];
    return this.#view.getUint32(high, little) * 2 ** 32 + this.#view.getUint32(low, little);
  }

  /** A length, a count or a dimension. */
  count(): number {
    return this.layout.countBytes === 4 ? this.uint32() : this.uint64();
  }

  /** UTF-8 of so many bytes. */
  characters(length: number): string {
    const at = this.#take(length);
    return this.#decoder.decode(this.#bytes.subarray(at, at + length));
  }

  /** UTF-8 behind its length. */
  text(): string {
    return this.characters(this.count());
  }

  /** Goes on behind texts as far as their lengths are at hand, and says how many of them are left. */
  skipTexts(count: number): number {
    const { littleEndian, countBytes } = this.layout;
    const view = this.#view;
    const wide = countBytes === 8;
    const [low, high] = littleEndian ? [0, 4] : [wide ? 4 : 0, 0];
    let at = this.position - this.#start;
    let left = count;
    while (left > 0 && at + countBytes <= view.byteLength) {
      at += countBytes + view.getUint32(at + low, littleEndian) + (wide ? view.getUint32(at + high, littleEndian) * 2 ** 32 : 0);
      left--;
    }
    if (this.#start + at > this.#fileBytes) throw new EndOfBytes(this.#start + at);
    this.position = this.#start + at;
    return left;
  }

  /** Place of the next bytes among those at hand. */
  #take(bytes: number): number {
    this.require(bytes);
    const at = this.position - this.#start;
    this.position += bytes;
    return at;
  }
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
