import { ggmlTypeNumber } from "../../src/core/gguf/tensorTypes";
import { type Scalar, type ScalarType, valueTypes } from "../../src/core/gguf/valueTypes";
import { type MetadataEntry, type WrittenTensor, writtenBytes } from "../../src/core/gguf/writer";

export interface TinyTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What GGUF files came in. */
export interface Dialect {
  readonly version: 1 | 2 | 3;
  readonly bigEndian?: boolean;
}

/** The smallest GGUF file, to be cut and bent by tests: F32 tensors of zeros, numbers as u32. */
export function ggufBytes(metadata: Readonly<Record<string, string | number>>, tensors: readonly TinyTensor[], lies: Lies = {}): Buffer {
  const entries = Object.entries(metadata).map(([key, value]): MetadataEntry => ({ key, type: typeof value === "string" ? "string" : "u32", value }));
  const header = headerOf({ version: 3 }, entries, tensors.map((tensor) => ({ ...tensor, type: "F32" })), lies);
  return Buffer.concat([header, Buffer.alloc(tensors.reduce((sum, { shape }) => sum + padded(4 * shape.reduce((a, b) => a * b, 1)), 0))]);
}

/** What a header can announce falsely. */
export interface Lies {
  readonly tensors?: bigint;
  readonly entries?: bigint;
  readonly version?: number;
}

/** A header in any dialect, written by hand to check the product's own writer and parser against; a type can be a number, e.g. "999". */
export function headerOf(dialect: Dialect, metadata: readonly MetadataEntry[], tensors: readonly WrittenTensor[], lies: Lies = {}): Buffer {
  const { count, text, number, value } = dialectWriter(dialect);
  const parts = [Buffer.from("GGUF"), number("u32", lies.version ?? dialect.version), count(lies.tensors ?? tensors.length), count(lies.entries ?? metadata.length)];
  for (const entry of metadata) {
    parts.push(text(entry.key), number("u32", valueTypes.indexOf(entry.type)));
    if (entry.type !== "array") parts.push(value(entry.type, entry.value));
    else parts.push(number("u32", valueTypes.indexOf(entry.element)), count(entry.value.length), ...Array.from(entry.value, (each) => value(entry.element, each)));
  }
  let offset = 0;
  for (const tensor of tensors) {
    const { name, type, shape } = tensor;
    parts.push(text(name), number("u32", shape.length), ...shape.map(count), number("u32", ggmlTypeNumber(type) ?? Number(type)), number("u64", offset));
    offset += ggmlTypeNumber(type) === undefined ? 0 : padded(writtenBytes(tensor));
  }
  const header = Buffer.concat(parts);
  return Buffer.concat([header, Buffer.alloc(padded(header.length) - header.length)]);
}

function dialectWriter({ version, bigEndian = false }: Dialect) {
  const number = (type: Exclude<ScalarType, "string">, value: Scalar): Buffer => {
    const bytes = Buffer.alloc(8);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const size = type === "bool" ? 1 : Number(type.slice(1)) / 8;
    if (type === "f32") view.setFloat32(0, Number(value));
    else if (type === "f64") view.setFloat64(0, Number(value));
    else view.setBigUint64(0, BigInt.asUintN(64, BigInt(value) << BigInt(64 - 8 * size)));
    return bigEndian ? bytes.subarray(0, size) : bytes.subarray(0, size).reverse();
  };
  const count = (value: number | bigint): Buffer => number(version === 1 ? "u32" : "u64", value);
  const text = (value: string): Buffer => Buffer.concat([count(Buffer.byteLength(value)), Buffer.from(value)]);
  const value = (type: ScalarType, each: Scalar): Buffer => (type === "string" ? text(String(each)) : number(type, each));
  return { count, text, number, value };
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 32) * 32;
}
