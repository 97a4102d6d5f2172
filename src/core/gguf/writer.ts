import { aligned, ByteWriter } from "./byteWriter";
import { ggmlTypeNumber, tensorBytes, tensorTypeNamed } from "./tensorTypes";
import { type Scalar, type ScalarType, valueTypes } from "./valueTypes";

/** GGUF_DEFAULT_ALIGNMENT of ggml/include/gguf.h. */
export const defaultAlignment = 32;

export type MetadataEntry =
  | { readonly key: string; readonly type: ScalarType; readonly value: Scalar }
  | { readonly key: string; readonly type: "array"; readonly element: ScalarType; readonly value: ArrayLike<Scalar> };

export interface WrittenTensor {
  readonly name: string;
  /** ggml storage type, upper case, e.g. "Q4_0". */
  readonly type: string;
  /** Row length first. */
  readonly shape: readonly number[];
}

export interface WrittenHeader {
  /** Written in this order, which no reader relies on. Must say `general.alignment` where that is not 32. */
  readonly metadata: readonly MetadataEntry[];
  /** Their data follow in this order, each one padded to the alignment. */
  readonly tensors: readonly WrittenTensor[];
  /** A power of two. */
  readonly alignment?: number;
}

/**
 * The header of a GGUF file of version 3, little-endian, padded: the first tensor's data follow at once.
 * Throws for what no file can say (a number that its type cannot hold, rows that do not divide into blocks): a mistake of the caller.
 * Source of the layout: docs/gguf.md of ggml.
 */
export function ggufHeaderBytes({ metadata, tensors, alignment = defaultAlignment }: WrittenHeader): Uint8Array {
  const said = Number(metadata.find(({ key }) => key === "general.alignment")?.value ?? defaultAlignment);
  if (said !== alignment) throw new Error(`The metadata say an alignment of ${said}, the tensors have one of ${alignment}.`);
  const offsets = tensorOffsets(tensors, alignment);
  const writer = new ByteWriter();
  writer.raw(new TextEncoder().encode("GGUF"));
  writer.number("u32", 3);
  writer.number("u64", tensors.length);
  writer.number("u64", metadata.length);
  for (const entry of metadata) writeEntry(writer, entry);
  tensors.forEach(({ name, type, shape }, index) => {
    writer.text(name);
    writer.number("u32", shape.length);
    for (const size of shape) writer.number("u64", size);
    writer.number("u32", ggmlTypeNumber(type)!);
    writer.number("u64", offsets[index]!);
  });
  writer.align(alignment);
  return writer.bytes();
}

/** Where the data of each tensor start, bytes from the end of the padded header. */
export function tensorOffsets(tensors: readonly WrittenTensor[], alignment = defaultAlignment): readonly number[] {
  let next = 0;
  return tensors.map((tensor) => {
    const offset = next;
    next += aligned(writtenBytes(tensor), alignment);
    return offset;
  });
}

/** Bytes of all tensors, the padding behind each one included. */
export function dataBytes(tensors: readonly WrittenTensor[], alignment = defaultAlignment): number {
  return tensors.reduce((sum, tensor) => sum + aligned(writtenBytes(tensor), alignment), 0);
}

/** Zeros that follow data of so many bytes. */
export function padding(bytes: number, alignment = defaultAlignment): Uint8Array {
  return new Uint8Array(aligned(bytes, alignment) - bytes);
}

/** Bytes of a tensor's data, padding not included. */
export function writtenBytes({ name, type, shape }: WrittenTensor): number {
  const known = tensorTypeNamed(type);
  const bytes = known && tensorBytes(known, shape);
  if (bytes === undefined) throw new Error(`${name} cannot be ${type} in rows of ${shape[0]}.`);
  return bytes;
}

function writeEntry(writer: ByteWriter, entry: MetadataEntry): void {
  writer.text(entry.key);
  writer.number("u32", valueTypes.indexOf(entry.type));
  if (entry.type !== "array") return writeScalar(writer, entry.type, entry.value);
  writer.number("u32", valueTypes.indexOf(entry.element));
  writer.number("u64", entry.value.length);
  for (let index = 0; index < entry.value.length; index++) writeScalar(writer, entry.element, entry.value[index]!);
}

function writeScalar(writer: ByteWriter, type: ScalarType, value: Scalar): void {
  if (type === "string") writer.text(String(value));
  else if (type === "bool") writer.number("u8", value ? 1 : 0);
  else if (typeof value === "number" || typeof value === "bigint") writer.number(type, value);
  else throw new TypeError(`${value} is no ${type}.`);
}
