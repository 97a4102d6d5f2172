import { open } from "node:fs/promises";
import { ggufHeaderBytes, padding } from "../../core/gguf/writer";
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

/** Writes a matrix as llama-imatrix does, tensors by name. Source: save_imatrix of tools/imatrix/imatrix.cpp. */
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
  yield ggufHeaderBytes({
    metadata: [
      { key: "general.type", type: "string", value: "imatrix" },
      { key: datasetsKey, type: "array", element: "string", value: datasets },
      { key: chunkCountKey, type: "u32", value: chunks },
      { key: chunkSizeKey, type: "u32", value: chunkSize },
    ],
    // gguf_write leaves a last dimension of 1 out.
    tensors: arrays.map(({ name, shape }) => ({ name, type: "F32", shape: shape[1] === 1 ? shape.slice(0, 1) : shape })),
  });
  for (const { values } of arrays) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    yield bytes;
    yield padding(bytes.length);
  }
}
