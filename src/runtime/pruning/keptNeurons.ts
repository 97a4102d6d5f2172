import type { TensorInfo } from "../../core/gguf/header";
import type { FeedForward } from "../../core/pruning/feedForward";
import { addColumnSquares, neuronImportance, rowSquares, strongest } from "../../core/pruning/neuronImportance";
import { HumanError } from "../../protocol/humanError";
import { type ImportanceMatrix, importanceOf } from "../calibration/importanceMatrix";
import { type RowRange, ranges, rowsOf, type TensorFile } from "../gguf/tensorFile";
import type { WeightRows } from "../gguf/weightRows";

/** The numbers, ascending, of the most important neurons of a block. Reads its matrices a few megabytes at a time. */
export async function keptNeurons(file: TensorFile, weights: WeightRows, part: FeedForward, count: number, matrix: ImportanceMatrix | undefined, signal: AbortSignal): Promise<Uint32Array> {
  const down = new Float64Array(part.neurons);
  await eachRows(part.down, (rows) => addColumnSquares(down, rows));
  const activations = importanceOf(matrix, part.down);
  const factors: ArrayLike<number>[] = activations ? [activations, down] : [down, await squaresOf(part.up)];
  if (!activations && part.gate) factors.push(await squaresOf(part.gate));
  const importance = neuronImportance(factors);
  if (!importance.every(Number.isFinite)) throw new HumanError("failed", `Block ${part.block} holds weights that are no numbers, so its neurons cannot be ranked: take the model's original.`);
  return strongest(importance, count);

  /** Σ w² of each row, which is a neuron; of a matrix that holds gate and up, the product of both. */
  async function squaresOf(tensor: TensorInfo): Promise<Float64Array> {
    const squares = new Float64Array(rowsOf(tensor));
    await eachRows(tensor, (rows, { first }) => squares.set(rowSquares(rows, tensor.shape[0]!), first));
    return part.gated ? neuronImportance([squares.subarray(0, part.neurons), squares.subarray(part.neurons)]) : squares;
  }

  async function eachRows(tensor: TensorInfo, take: (rows: Float32Array, range: RowRange) => void): Promise<void> {
    for (const range of ranges(tensor)) {
      if (signal.aborted) throw HumanError.cancelled();
      take(weights.restore(tensor.type, await file.read(tensor, range), tensor.shape[0]!), range);
    }
  }
}
