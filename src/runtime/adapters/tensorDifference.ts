import type { StreamedMatrix } from "../../core/adapters/lowRank";
import type { TensorInfo } from "../../core/gguf/header";
import { HumanError } from "../../protocol/humanError";
import { ranges, type RowRange, type TensorFile } from "../gguf/tensorFile";
import type { WeightRows } from "../gguf/weightRows";
import { floatRows } from "./floatRows";
import { planeRanges, planeRows } from "./tensorPlanes";

/** Bytes of a difference that is kept, since it is read more than once: 64 million weights. */
const heldBytes = 256 * 2 ** 20;

/** Two models of the same tensors. */
export interface ModelPair {
  readonly base: TensorFile;
  readonly tuned: TensorFile;
  readonly weights: WeightRows;
  readonly signal: AbortSignal;
}

/** tuned − base of one matrix, as 32-bit floats, read from the files row by row. */
export class TensorDifference implements StreamedMatrix {
  readonly rows: number;
  readonly columns: number;
  #held: Float32Array | undefined;

  constructor(
    private readonly models: ModelPair,
    /** As the base has it. */
    private readonly tensor: TensorInfo,
    private readonly plane: number,
  ) {
    this.rows = planeRows(tensor);
    this.columns = tensor.shape[0] ?? 1;
  }

  async *pieces(): AsyncIterable<Float32Array> {
    const held = this.#held ?? (4 * this.rows * this.columns <= heldBytes ? new Float32Array(this.rows * this.columns) : undefined);
    for (const range of planeRanges(this.tensor, this.plane)) {
      const start = (range.first - this.plane * this.rows) * this.columns;
      if (this.#held) {
        if (this.models.signal.aborted) throw HumanError.cancelled();
        yield this.#held.subarray(start, start + range.rows * this.columns);
        // Nothing is awaited otherwise, and nobody could cancel.
        await new Promise(setImmediate);
        continue;
      }
      const piece = await difference(this.models, this.tensor, range);
      held?.set(piece, start);
      yield piece;
    }
    this.#held = held;
  }
}

/** Whether the two models have other weights in this tensor, whatever types they are stored in. */
export async function differs(models: ModelPair, tensor: TensorInfo): Promise<boolean> {
  const other = models.tuned.find(tensor.name)!;
  for (const range of ranges(tensor)) {
    if (models.signal.aborted) throw HumanError.cancelled();
    if (other.type === tensor.type) {
      if (!(await models.base.read(tensor, range)).equals(await models.tuned.read(other, range))) return true;
    } else if ((await difference(models, tensor, range)).some((value) => value !== 0)) return true;
  }
  return false;
}

async function difference({ base, tuned, weights, signal }: ModelPair, tensor: TensorInfo, range: RowRange): Promise<Float32Array> {
  if (signal.aborted) throw HumanError.cancelled();
  const before = await floatRows(base, tensor, range, weights);
  const after = await floatRows(tuned, tuned.find(tensor.name)!, range, weights);
  return after.map((value, index) => value - before[index]!);
}
