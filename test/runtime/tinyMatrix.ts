import { basename } from "node:path";
import { readGgufLayout } from "../../src/runtime/gguf/ggufLayout";
import { type ColumnSums, writeMatrix } from "../../src/runtime/calibration/matrixWriter";

/** Sums for every matrix of a model's blocks, column by column larger, as from 100 tokens. */
export function sumsFor(model: string): Map<string, ColumnSums> {
  const matrices = readGgufLayout(model).tensors.filter(({ name, shape }) => /^blk\..*weight$/.test(name) && shape.length > 1);
  return new Map(matrices.map(({ name, shape }) => [name, { sums: Float32Array.from({ length: shape[0] ?? 0 }, (_, column) => 1 + column), counts: [100] }]));
}

/** Writes an importance matrix that fits a model. */
export async function writeMatrixFor(model: string, path: string, tensors: ReadonlyMap<string, ColumnSums> = sumsFor(model)): Promise<string> {
  await writeMatrix(path, { datasets: [`${basename(model)} texts, Ünïcödé`, "more"], chunks: 3, chunkSize: 64, tensors });
  return path;
}
