import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { type GgufHeader, type TensorInfo, checkComplete, tensorInfo } from "../core/gguf/header";
import { HumanError, sentenceOf } from "../protocol/humanError";

/** Source: docs/gguf.md in ggml. */
const magic = "GGUF";
const supportedVersions = [2, 3];
const defaultAlignment = 32;
const maxDimensions = 4;
/** More than any vocabulary; a longer list is a damaged length. */
const longestList = 1 << 24;
const windowBytes = 1 << 20;

/** Bytes of the scalar value types, by their number; 8 is a string and 9 a list. */
const scalarBytes: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };

/**
 * Reads a header without trusting it: every length is held against what the file still has, so a damaged or hostile
 * file costs neither time nor memory. It comes before any native call, where a bad file could end the process.
 * Throws a HumanError that says what is wrong with the file.
 */
export function readHeader(path: string): GgufHeader {
  const file = openFile(path);
  try {
    const bytes = fstatSync(file).size;
    const cursor = new Cursor(file, bytes, basename(path));
    const header = parse(cursor, basename(path));
    checkComplete(header, bytes);
    return header;
  } finally {
    closeSync(file);
  }
}

function openFile(path: string): number {
  try {
    const file = openSync(path, "r");
    if (fstatSync(file).isFile()) return file;
    closeSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") throw new HumanError("notFound", `There is no file at ${path}.`);
    throw new HumanError("notReadable", `${basename(path)} cannot be read (${code ?? sentenceOf(error)}): check its permissions.`, { cause: error });
  }
  throw new HumanError("notReadable", `${basename(path)} is not a file.`);
}

function parse(cursor: Cursor, name: string): GgufHeader {
  if (cursor.remaining < magic.length || cursor.bytes(4).toString("latin1") !== magic) {
    throw new HumanError("notGguf", cursor.size === 0 ? `${name} is empty.` : `${name} is not a GGUF file: choose a model in GGUF format.`);
  }
  const version = cursor.u32();
  if (!supportedVersions.includes(version)) {
    throw new HumanError("notGguf", `${name} is GGUF version ${version}, but only versions 2 and 3 in little-endian order can be read: convert it again.`);
  }
  // The shortest tensor entry has a name length, a dimension count, a type and an offset; the shortest pair a key length, a type and a byte.
  const tensorCount = cursor.count(24);
  const pairCount = cursor.count(13);
  const metadata: Record<string, unknown> = {};
  for (let i = 0; i < pairCount; i++) {
    const key = cursor.text();
    metadata[key] = value(cursor, cursor.u32());
  }
  const tensors: TensorInfo[] = [];
  for (let i = 0; i < tensorCount; i++) tensors.push(tensor(cursor));
  if (tensors.length === 0) throw new HumanError("notGguf", `${name} has no tensors: it is not a model.`);
  const alignment = Number(metadata["general.alignment"] ?? defaultAlignment);
  if (!(Number.isInteger(alignment) && alignment > 0)) throw cursor.damaged();
  return { version, metadata, tensors, dataOffset: Math.ceil(cursor.position / alignment) * alignment };
}

function tensor(cursor: Cursor): TensorInfo {
  const name = cursor.text();
  const dimensions = cursor.u32();
  if (dimensions > maxDimensions) throw cursor.damaged();
  const shape = Array.from({ length: dimensions }, () => cursor.u64());
  const type = cursor.u32();
  return tensorInfo(name, type, shape, cursor.u64());
}

function value(cursor: Cursor, type: number): unknown {
  if (type === 8) return cursor.text();
  if (type !== 9) return scalar(cursor, type);
  const elementType = cursor.u32();
  const length = cursor.count(elementType === 8 ? 8 : (scalarBytes[elementType] ?? 1));
  if (length > longestList) throw cursor.damaged();
  // ggml knows no lists of lists.
  return Array.from({ length }, () => (elementType === 8 ? cursor.text() : scalar(cursor, elementType)));
}

function scalar(cursor: Cursor, type: number): unknown {
  const bytes = cursor.bytes(scalarBytes[type] ?? 0);
  switch (type) {
    case 0: return bytes.readUInt8();
    case 1: return bytes.readInt8();
    case 2: return bytes.readUInt16LE();
    case 3: return bytes.readInt16LE();
    case 4: return bytes.readUInt32LE();
    case 5: return bytes.readInt32LE();
    case 6: return bytes.readFloatLE();
    case 7: return bytes.readUInt8() !== 0;
    case 10: return bytes.readBigUInt64LE();
    case 11: return bytes.readBigInt64LE();
    case 12: return bytes.readDoubleLE();
    default: throw cursor.damaged();
  }
}

/** Reads forward through a file, one window at a time. */
class Cursor {
  position = 0;
  #window = Buffer.alloc(0);
  #windowStart = 0;

  constructor(private readonly file: number, readonly size: number, private readonly name: string) {}

  get remaining(): number {
    return this.size - this.position;
  }

  damaged(): HumanError {
    return new HumanError("notGguf", `${this.name} has a damaged header at byte ${this.position}. Download or copy it again.`);
  }

  /** The next bytes; the view is valid until the next read. */
  bytes(length: number): Buffer {
    if (length > this.remaining) {
      throw new HumanError("truncated", `${this.name} is cut off inside its header. Download or copy it again.`);
    }
    if (this.position + length > this.#windowStart + this.#window.length) this.#fill(Math.max(length, Math.min(windowBytes, this.remaining)));
    const start = this.position - this.#windowStart;
    this.position += length;
    return this.#window.subarray(start, start + length);
  }

  u32(): number {
    return this.bytes(4).readUInt32LE();
  }

  u64(): number {
    const number = Number(this.bytes(8).readBigUInt64LE());
    if (!Number.isSafeInteger(number)) throw this.damaged();
    return number;
  }

  /** A number of things that take at least `least` bytes each, so there cannot be more than the file has room for. */
  count(least: number): number {
    const number = Number(this.bytes(8).readBigUInt64LE());
    if (number * least > this.remaining) {
      throw new HumanError("truncated", `${this.name} is damaged or cut off: its header announces ${number} entries, more than the file has room for. Download or copy it again.`);
    }
    return number;
  }

  text(): string {
    return this.bytes(this.count(1)).toString("utf8");
  }

  #fill(length: number): void {
    const window = Buffer.alloc(length);
    const read = readSync(this.file, window, 0, length, this.position);
    if (read < length) throw new HumanError("truncated", `${this.name} became shorter while it was read. Try again.`);
    this.#window = window;
    this.#windowStart = this.position;
  }
}
