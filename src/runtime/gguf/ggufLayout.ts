import { closeSync, fstatSync, openSync } from "node:fs";
import { basename } from "node:path";
import { checkComplete, type TensorInfo, tensorInfo } from "../../core/gguf/header";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import { failedAssertion, mostBlocks } from "./assertions";
import { ByteReader, EndOfFile } from "./byteReader";

/** Where everything lies in a GGUF file. Source: docs/gguf.md of ggml-org/ggml, versions 2 and 3. */
export interface GgufLayout {
  readonly fileBytes: number;
  /** Bytes that each metadata entry takes in the header: key, type and value. */
  readonly entryBytes: ReadonlyMap<string, number>;
  /** The entries that are single numbers, booleans or strings. */
  readonly scalars: ReadonlyMap<string, number | string | boolean>;
  /** The lists of texts, but for those of a tokenizer. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly tensors: readonly TensorInfo[];
  readonly dataOffset: number;
  readonly alignment: number;
}

const stringType = 8;
const arrayType = 9;
/** Bytes of the fixed-size value types, by their number. */
const valueBytes: ReadonlyMap<number, number> = new Map([[0, 1], [1, 1], [2, 2], [3, 2], [4, 4], [5, 4], [6, 4], [7, 1], [10, 8], [11, 8], [12, 8]]);

/**
 * Reads the header and checks that the file holds all that it announces, and nothing that llama.cpp asserts the
 * contrary of: it may abort the process on a damaged file, so nothing native sees a file that did not pass here.
 */
export function readGgufLayout(path: string): GgufLayout {
  const name = basename(path);
  const file = openFile(path);
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw new HumanError("notReadable", `${name} is not a file.`);
    return read(new ByteReader(file, status.size), name);
  } catch (error) {
    if (error instanceof EndOfFile) throw new HumanError("truncated", `${name} is cut off inside its header. Download or copy it again.`);
    // What core/gguf finds in a tensor or in the whole does not know which file it is.
    if (error instanceof HumanError && !error.message.includes(name)) throw new HumanError(error.code, `${name}: ${error.message}`, { cause: error });
    if (error instanceof HumanError || !(error instanceof Error && "code" in error)) throw error;
    throw new HumanError("notReadable", `${name} cannot be read (${sentenceOf(error)}).`, { cause: error });
  } finally {
    closeSync(file);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") throw new HumanError("notFound", `There is no file at ${path}.`, { cause: error });
    throw new HumanError("notReadable", `${basename(path)} may not be read: check its permissions.`, { cause: error });
  }
}

function read(reader: ByteReader, name: string): GgufLayout {
  if (reader.bytes === 0) throw new HumanError("notGguf", `${name} is empty.`);
  if (reader.bytes < 4 || reader.take(4).toString("latin1") !== "GGUF") throw new HumanError("notGguf", `${name} is not a GGUF file.`);
  const version = reader.uint32();
  if (version !== 2 && version !== 3) {
    throw new HumanError("unsupported", `${name} is a GGUF file of version ${version}; versions 2 and 3 can be read. Convert the model again.`);
  }
  const tensorCount = reader.uint64();
  const entryCount = reader.uint64();
  // The smallest entry is a 1-byte key with a 1-byte value, the smallest tensor a 1-byte name with one dimension.
  if (tensorCount * 25 + entryCount * 14 > reader.left) {
    throw new HumanError("truncated", `${name} announces ${count(tensorCount)} tensors and ${count(entryCount)} metadata entries, more than it can hold: it is damaged or cut off. Download or copy it again.`);
  }
  const { entryBytes, scalars, texts, lists, tokens } = readEntries(reader, entryCount, name);
  const tensors = Array.from({ length: tensorCount }, () => readTensor(reader, name));
  if (tensors.length === 0) throw new HumanError("notGguf", `${name} has no tensors: it is not a model.`);
  const alignment = Number(scalars.get("general.alignment") ?? 32);
  if (!Number.isInteger(Math.log2(alignment))) throw damaged(name, `an alignment of ${alignment}`);
  const dataOffset = Math.ceil(reader.position / alignment) * alignment;
  const header = { version, metadata: { ...Object.fromEntries(scalars), ...Object.fromEntries(lists) }, tensors, dataOffset };
  checkComplete(header, reader.bytes);
  const failed = failedAssertion(header, tokens);
  if (failed) throw damaged(name, failed);
  return { fileBytes: reader.bytes, entryBytes, scalars, texts, tensors, dataOffset, alignment };
}

interface Entries extends Pick<GgufLayout, "entryBytes" | "scalars" | "texts"> {
  /** The lists of numbers that are short enough to have one for each block. */
  readonly lists: ReadonlyMap<string, readonly number[]>;
  readonly tokens: readonly string[];
}

function readEntries(reader: ByteReader, entries: number, name: string): Entries {
  const entryBytes = new Map<string, number>();
  const scalars = new Map<string, number | string | boolean>();
  const texts = new Map<string, readonly string[]>();
  const lists = new Map<string, readonly number[]>();
  let tokens: readonly string[] = [];
  for (let index = 0; index < entries; index++) {
    const start = reader.position;
    const key = reader.string();
    const type = reader.uint32();
    if (type !== arrayType) {
      scalars.set(key, readScalar(reader, type, name));
    } else {
      const list = arrayHead(reader);
      const strings = (): string[] => Array.from({ length: list.length }, () => reader.string());
      if (key === "tokenizer.ggml.tokens" && list.type === stringType) tokens = strings();
      else if (list.type === stringType && !key.startsWith("tokenizer.")) texts.set(key, strings());
      else if (list.type !== stringType && list.length <= mostBlocks) lists.set(key, Array.from({ length: list.length }, () => Number(readScalar(reader, list.type, name))));
      else skipArray(reader, list, name);
    }
    entryBytes.set(key, reader.position - start);
  }
  return { entryBytes, scalars, texts, lists, tokens };
}

function readScalar(reader: ByteReader, type: number, name: string): number | string | boolean {
  if (type === stringType) return reader.string();
  const bytes = reader.take(fixedBytes(type, name));
  switch (type) {
    case 6: return bytes.readFloatLE();
    case 12: return bytes.readDoubleLE();
    case 7: return bytes[0] !== 0;
    case 10: return Number(bytes.readBigUInt64LE());
    case 11: return Number(bytes.readBigInt64LE());
    default: return type % 2 === 0 ? bytes.readUIntLE(0, bytes.length) : bytes.readIntLE(0, bytes.length);
  }
}

interface ArrayHead {
  readonly type: number;
  readonly length: number;
}

function arrayHead(reader: ByteReader): ArrayHead {
  const type = reader.uint32();
  const length = reader.uint64();
  if (type === stringType && length * 8 > reader.left) throw new EndOfFile();
  return { type, length };
}

function skipArray(reader: ByteReader, { type, length }: ArrayHead, name: string): void {
  if (type === stringType) for (let index = 0; index < length; index++) reader.skip(reader.uint64());
  else reader.skip(length * fixedBytes(type, name));
}

function fixedBytes(type: number, name: string): number {
  const bytes = valueBytes.get(type);
  if (bytes === undefined) throw damaged(name, `a metadata value of type ${type}`);
  return bytes;
}

function readTensor(reader: ByteReader, file: string): TensorInfo {
  const name = reader.string();
  const dimensions = reader.uint32();
  if (dimensions < 1 || dimensions > 4) throw damaged(file, `a tensor with ${dimensions} dimensions`);
  const shape = Array.from({ length: dimensions }, () => reader.uint64());
  const type = reader.uint32();
  return tensorInfo(name, type, shape, reader.uint64());
}

function damaged(name: string, what: string): HumanError {
  return new HumanError("notGguf", `${name} has a damaged header (${what}). Download or copy it again.`);
}

function count(value: number): string {
  return value < 1e9 ? String(value) : value.toExponential(1);
}
