import { readSync } from "node:fs";

/** Thrown when a file ends before what it announces does. */
export class EndOfFile extends Error {}

/** Little-endian values read one after the other from an open file, a window at a time. */
export class ByteReader {
  #window = Buffer.alloc(0);
  #windowStart = 0;
  #position = 0;

  constructor(
    private readonly file: number,
    /** Length of the file. */
    readonly bytes: number,
  ) {}

  get left(): number {
    return this.bytes - this.#position;
  }

  uint32(): number {
    return this.take(4).readUInt32LE();
  }

  take(bytes: number): Buffer {
    if (bytes > this.left) throw new EndOfFile();
    const start = this.#position - this.#windowStart;
    if (start < 0 || start + bytes > this.#window.length) this.#load(bytes);
    const offset = this.#position - this.#windowStart;
    this.#position += bytes;
    return this.#window.subarray(offset, offset + bytes);
  }

  #load(bytes: number): void {
    const wanted = Math.min(this.left, Math.max(bytes, 1 << 20));
    const window = Buffer.alloc(wanted);
    let filled = 0;
    while (filled < wanted) {
      const read = readSync(this.file, window, filled, wanted - filled, this.#position + filled);
      if (read === 0) break;
      filled += read;
    }
    if (filled < bytes) throw new EndOfFile();
    this.#window = window.subarray(0, filled);
    this.#windowStart = this.#position;
  }
}
