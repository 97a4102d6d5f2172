import { open } from "node:fs/promises";
import { chunkCountKey, chunkSizeKey, countsSuffix, datasetsKey, sumsSuffix } from "./matrixFile";

/** Sums of squared inputs of one weight matrix. */
export interface ColumnSums {
  /** Σ x² by column; experts one after the other. */
  readonly sums: Float32Array;
  /** Tokens summed up: one number, or one for each expert. */
  readonly counts: readonly number[];
}

export interface MatrixContent {
  readonly datasets: readonly string[];
  readonly chunks: number;
  readonly chunkSize: number;
  readonly tensors: ReadonlyMap<string, ColumnSums>;
}

const alignment = 32;
const f32 = 0;
/** gguf_type numbers. */
const uint32Value = 4;
const textValue = 8;
const listValue = 9;

/** Writes a matrix as llama-imatrix does, tensors by name. Source: save_imatrix of tools/imatrix/imatrix.cpp, docs/gguf.md of ggml. */
export async function writeMatrix(path: string, content: MatrixContent): Promise<void> {
  const file = await open(path, "w");
  try {
    for (const part of matrixParts(content)) await file.write(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The file's bytes, piece by piece. */
export function* matrixParts({ datasets, chunks, chunkSize, tensors }: MatrixContent): Generator<Uint8Array> {
  const arrays = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([name, { sums, counts }]) => [
    { name: name + sumsSuffix, shape: [sums.length / counts.length, counts.length], values: sums },
    { name: name + countsSuffix, shape: [1, counts.length], values: Float32Array.from(counts) },
  ]);
  const header = [
    Buffer.from("GGUF"), uint32(3), uint64(arrays.length), uint64(4),
    text("general.type"), uint32(textValue), text("imatrix"),
    text(datasetsKey), uint32(listValue), uint32(textValue), uint64(datasets.length), ...datasets.map(text),
    text(chunkCountKey), uint32(uint32Value), uint32(chunks),
    text(chunkSizeKey), uint32(uint32Value), uint32(chunkSize),
  ];
  let offset = 0;
  for (const { name, shape, values } of arrays) {
    // gguf_write leaves a last dimension of 1 out.
    const dimensions = shape[1] === 1 ? shape.slice(0, 1) : shape;
    header.push(text(name), uint32(dimensions.length), ...dimensions.map(uint64), uint32(f32), uint64(offset));
    offset += padded(values.byteLength);
  }
  yield* toAlignment(Buffer.concat(header));
  for (const { values } of arrays) yield* toAlignment(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function* toAlignment(bytes: Uint8Array): Generator<Uint8Array> {
  yield bytes;
  yield new Uint8Array(padded(bytes.length) - bytes.length);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  return Buffer.from(Uint32Array.of(value).buffer);
}

function uint64(value: number): Buffer {
  return Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
}
