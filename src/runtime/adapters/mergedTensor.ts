import { basename } from "node:path";
import { addProduct } from "../../core/adapters/addProduct";
import { type LoraPair, loraFactor } from "../../core/adapters/loraPair";
import type { TensorInfo } from "../../core/gguf/header";
import { HumanError } from "../../protocol/humanError";
import type { ProducedTensor } from "../gguf/ggufOutput";
import type { TensorFile } from "../gguf/tensorFile";
import type { WeightRows } from "../gguf/weightRows";
import { floatRows } from "./floatRows";
import { readPair } from "./pairValues";
import { planeRanges, planeRows } from "./tensorPlanes";

/** What merges one adapter into one model. */
export interface Merging {
  readonly base: TensorFile;
  readonly adapter: TensorFile;
  readonly alpha: number;
  readonly scale: number;
  readonly weights: WeightRows;
  readonly signal: AbortSignal;
}

/** Half precision ends here, and with it the scales of blocks. */
const largestHalf = 65_504;
const wideTypes = ["F32", "F64", "BF16"];

/**
 * A tensor of the base with its change, in its own type: rows are restored, changed and quantized again, some at a time.
 * `importance` has one weight for each column, experts one after the other.
 */
export function mergedTensor(merging: Merging, tensor: TensorInfo, pair: LoraPair, importance?: Float32Array): ProducedTensor {
  const { base, adapter, weights, signal } = merging;
  const { name, type, shape } = tensor;
  const columns = shape[0] ?? 1;
  const factor = merging.scale * loraFactor(merging.alpha, pair.rank);
  const largest = wideTypes.includes(type) ? Number.MAX_VALUE : largestHalf;
  return {
    name, type, shape,
    async *produce() {
      for (const [plane, { left, right }] of (await readPair(adapter, pair, weights)).entries()) {
        const own = importance?.subarray(plane * columns, (plane + 1) * columns);
        for (const range of planeRanges(tensor, plane)) {
          if (signal.aborted) throw HumanError.cancelled();
          const floats = await floatRows(base, tensor, range, weights);
          const row = range.first - plane * planeRows(tensor);
          addProduct(floats, columns, left.subarray(row * pair.rank, (row + range.rows) * pair.rank), right, factor);
          if (!floats.every((value) => Math.abs(value) <= largest)) {
            throw new HumanError("badArgument", `With ${basename(adapter.path)} at scale ${merging.scale}, weights of ${name} are too large for ${type}: take a smaller scale.`);
          }
          yield await weights.quantize(type, floats, columns, own);
        }
      }
    },
  };
}
