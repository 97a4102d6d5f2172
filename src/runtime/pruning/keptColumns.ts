import { tensorTypeNamed } from "../../core/gguf/tensorTypes";
import type { PlannedTensor } from "../../core/pruning/prunePlan";
import type { ImportanceMatrix } from "../calibration/importanceMatrix";
import { importanceOf } from "../calibration/importanceMatrix";
import { ranges, type TensorFile } from "../gguf/tensorFile";
import type { WeightRows } from "../gguf/weightRows";

/** What the tensors of a pruned model are made of. */
export interface PruningParts {
  readonly file: TensorFile;
  readonly weights: WeightRows;
  readonly matrix?: ImportanceMatrix;
  /** Ascending, by block. */
  readonly kept: ReadonlyMap<number, Uint32Array>;
}

/** The bytes of a tensor of a pruned model: as they lie in the file, or those of the neurons that stay. */
export async function* prunedBytes(tensor: PlannedTensor, parts: PruningParts): AsyncIterable<Uint8Array> {
  const { source, neurons } = tensor;
  if (!neurons) return yield* parts.file.copy(source);
  const { part, of } = neurons;
  const kept = parts.kept.get(part.block)!;
  const both = of === "bothRows" ? Uint32Array.from([...kept, ...kept.map((neuron) => neuron + part.neurons)]) : kept;
  if (of === "columns" || source.shape.length === 1) yield* columnBytes(tensor, both, parts);
  else yield* rowBytes(tensor, both, parts);
}

async function* rowBytes({ source }: PlannedTensor, kept: Uint32Array, { file }: PruningParts): AsyncIterable<Uint8Array> {
  let next = 0;
  for (const range of ranges(source)) {
    const bytes = await file.read(source, range);
    const size = bytes.length / range.rows;
    const first = next;
    while (next < kept.length && kept[next]! < range.first + range.rows) next++;
    const taken = Buffer.allocUnsafe((next - first) * size);
    for (let index = first; index < next; index++) bytes.copy(taken, (index - first) * size, (kept[index]! - range.first) * size, (kept[index]! - range.first + 1) * size);
    yield taken;
  }
}

/** Floats are taken as they are, quantized weights are restored and quantized again. */
async function* columnBytes({ source, type, shape }: PlannedTensor, kept: Uint32Array, { file, weights, matrix }: PruningParts): AsyncIterable<Uint8Array> {
  const columns = source.shape[0]!;
  const { blockSize, blockBytes } = tensorTypeNamed(type)!;
  const importance = importanceOf(matrix, source);
  const keptImportance = importance && Float32Array.from(kept, (column) => importance[column]!);
  for (const range of ranges(source)) {
    const stored = await file.read(source, range);
    if (blockSize === 1) yield takenElements(stored, blockBytes, columns, kept);
    else {
      const floats = weights.restore(type, stored, columns);
      const taken = takenElements(new Uint8Array(floats.buffer), Float32Array.BYTES_PER_ELEMENT, columns, kept);
      yield await weights.quantize(type, new Float32Array(taken.buffer), shape[0]!, keptImportance);
    }
  }
}

/** The elements of some columns of all rows. */
function takenElements(bytes: Uint8Array, size: number, columns: number, kept: Uint32Array): Uint8Array {
  const rows = bytes.length / size / columns;
  const taken = new Uint8Array(rows * kept.length * size);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (const column of kept) {
      const from = (row * columns + column) * size;
      for (let byte = 0; byte < size; byte++) taken[at++] = bytes[from + byte]!;
    }
  }
  return taken;
}
