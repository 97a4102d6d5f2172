import type { TensorInfo } from "../../core/gguf/header";
import { tensorBytes, tensorTypeNamed } from "../../core/gguf/tensorTypes";
import { HumanError } from "../../protocol/humanError";
import type { GgufLayout } from "../gguf/ggufLayout";
import type { QuantizerLog } from "./quantizerLog";

/** The writer pads tensors to GGUF_DEFAULT_ALIGNMENT, whatever the input's alignment. */
export const writtenAlignment = 32;

/** ggml storage type of every tensor after a dry run, by its name. */
export function storageTypes(layout: GgufLayout, log: QuantizerLog): ReadonlyMap<string, string> {
  return new Map(layout.tensors.map(({ name, type }) => [name, log.newTypes.get(name) ?? type]));
}

/** Exact size in bytes of the file that llama.cpp writes with these storage types and these entries of its own. */
export function sizeOf(layout: GgufLayout, types: ReadonlyMap<string, string>, metadata?: ReadonlyMap<string, string | number>): { bytes: number; bitsPerWeight: number } {
  const tensors = layout.tensors.map((tensor) => bytesAs(tensor, types.get(tensor.name) ?? tensor.type));
  const weights = layout.tensors.reduce((sum, tensor) => sum + weightsOf(tensor), 0);
  return {
    bytes: tensors.reduce((sum, bytes) => sum + padded(bytes), headerBytes(layout, metadata)),
    bitsPerWeight: (8 * tensors.reduce((sum, bytes) => sum + bytes, 0)) / weights,
  };
}

/** The header that llama.cpp writes: the input's metadata with its own entries set, and the same tensors. */
function headerBytes(layout: GgufLayout, metadata: ReadonlyMap<string, string | number> = new Map()): number {
  const entries = new Map(layout.entryBytes);
  for (const key of ["split.no", "split.count", "split.tensors.count"]) entries.delete(key);
  const own = new Map([["general.quantization_version", 0], ["general.file_type", 0], ...metadata]);
  for (const [key, value] of own) entries.set(key, entryBytes(key, value));
  const tensors = layout.tensors.reduce((sum, tensor) => sum + tensorEntryBytes(tensor), 0);
  return padded(4 + 4 + 8 + 8 + [...entries.values()].reduce((sum, bytes) => sum + bytes, 0) + tensors);
}

/** Key and type, then a text with its length or a 32-bit number. */
function entryBytes(key: string, value: string | number): number {
  return 8 + Buffer.byteLength(key) + 4 + (typeof value === "string" ? 8 + Buffer.byteLength(value) : 4);
}

/** Name, number of dimensions, dimensions, type, offset. Trailing dimensions of 1 are not written. */
function tensorEntryBytes({ name, shape }: TensorInfo): number {
  const dimensions = Math.max(1, shape.findLastIndex((size) => size !== 1) + 1);
  return 8 + Buffer.byteLength(name) + 4 + 8 * dimensions + 4 + 8;
}

function bytesAs(tensor: TensorInfo, typeName: string): number {
  if (typeName === tensor.type) return tensor.bytes;
  const type = tensorTypeNamed(typeName);
  const bytes = type && tensorBytes(type, tensor.shape);
  if (bytes === undefined) throw new HumanError("failed", `llama.cpp would store ${tensor.name} as ${typeName}, which Decant cannot size.`);
  return bytes;
}

function weightsOf({ shape }: TensorInfo): number {
  return shape.reduce((product, size) => product * size, 1);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / writtenAlignment) * writtenAlignment;
}
