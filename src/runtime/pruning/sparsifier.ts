import { changedEntries, metadataEntries } from "../../core/gguf/rewrite";
import type { TensorInfo } from "../../core/gguf/header";
import { type SparsityRule, zeroColumns } from "../../core/pruning/sparsity";
import { writeZeros } from "../../core/pruning/zeroWeights";
import type { SparsifyParams, SparsifyResult, WorkProgress } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import { lineageEntries } from "../compression/lineageMetadata";
import { openNativeLibrary } from "../ffi/library";
import { type OutputOptions, type ProducedTensor, writeGguf } from "../gguf/ggufOutput";
import { ranges, type RowRange, TensorFile } from "../gguf/tensorFile";
import { WeightRows } from "../gguf/weightRows";
import { planSparsity } from "./sparsePlan";

/**
 * Writes a copy of a model in whose attention and feed-forward matrices a share of the weights of each row is zero. Embeddings, output
 * and norms stay as they are, and so do the types: a weight becomes the zero of its own type.
 */
export async function sparsify(
  params: SparsifyParams,
  onProgress: (progress: WorkProgress) => void,
  signal: AbortSignal,
  options: OutputOptions = {},
): Promise<SparsifyResult> {
  const started = performance.now();
  const file = await TensorFile.open(params.input);
  const work = new ZeroedRows(file, new WeightRows(openNativeLibrary()));
  try {
    const { header } = file;
    const { rule, matrices, step, notes } = planSparsity(params, header);
    const tensors = header.tensors.map((tensor): ProducedTensor => {
      const matrix = matrices.get(tensor.name);
      return { ...tensor, produce: () => (matrix ? work.zeroed(tensor, rule, matrix.norms) : file.copy(tensor)) };
    });
    const metadata = changedEntries(metadataEntries(header), lineageEntries(params.input, header.metadata, step));
    const report = ({ tensor, tensors: all }: { tensor: number; tensors: number }): void => onProgress({ done: tensor, all, label: "Setting weights to zero" });
    const { bytes } = await writeGguf(params.output, [params.input], { metadata, tensors, alignment: header.alignment }, report, signal, options);
    return { path: params.output, bytes, zeros: work.zeros / work.weights, tensors: matrices.size, notes, seconds: (performance.now() - started) / 1000 };
  } finally {
    work.dispose();
    await file.close();
  }
}

/** Sets weights of rows to zero as they pass, and counts. */
class ZeroedRows {
  weights = 0;
  /** In what was written, those that were zero before included. */
  zeros = 0;

  constructor(
    private readonly file: TensorFile,
    private readonly rows: WeightRows,
  ) {}

  async *zeroed(tensor: TensorInfo, rule: SparsityRule, norms?: Float32Array): AsyncIterable<Uint8Array> {
    for (const range of ranges(tensor)) yield await this.#piece(tensor, range, rule, norms);
  }

  dispose(): void {
    this.rows.dispose();
  }

  async #piece(tensor: TensorInfo, range: RowRange, rule: SparsityRule, norms?: Float32Array): Promise<Uint8Array> {
    const columns = tensor.shape[0]!;
    const bytes = await this.file.read(tensor, range);
    const weights = this.rows.restore(tensor.type, bytes, columns);
    if (!weights.every(Number.isFinite)) throw new HumanError("notReadable", `${tensor.name} holds numbers that are none (NaN or infinite): the file is damaged. Download or convert it again.`);
    const rowBytes = bytes.length / range.rows;
    for (let row = 0; row < range.rows; row++) {
      const plane = Math.floor((range.first + row) / (tensor.shape[1] ?? 1));
      const own = norms?.subarray(plane * columns, (plane + 1) * columns);
      const chosen = zeroColumns(weights.subarray(row * columns, (row + 1) * columns), rule, own);
      writeZeros(tensor.type, bytes.subarray(row * rowBytes, (row + 1) * rowBytes), chosen);
    }
    this.weights += weights.length;
    this.zeros += countZeros(this.rows.restore(tensor.type, bytes, columns));
    return bytes;
  }
}

function countZeros(weights: Float32Array): number {
  let zeros = 0;
  for (let index = 0; index < weights.length; index++) if (weights[index] === 0) zeros++;
  return zeros;
}
