import { isLookedUp } from "../../core/adapters/loraPair";
import { lowRank } from "../../core/adapters/lowRank";
import type { TensorInfo } from "../../core/gguf/header";
import { HumanError } from "../../protocol/humanError";
import type { ProducedTensor } from "../gguf/ggufOutput";
import { ProductKernel } from "../rounding/productKernel";
import { transposed } from "./pairValues";
import { type ModelPair, TensorDifference } from "./tensorDifference";
import { planeRows, planesOf } from "./tensorPlanes";

/** What was kept of a matrix, and of how much: sums of squares. */
export interface KeptEnergy {
  readonly name: string;
  readonly rank: number;
  readonly kept: number;
  readonly total: number;
}

/** The rank that a matrix can have at most. */
export function rankOf(tensor: TensorInfo, rank: number | "full"): number {
  const side = Math.min(tensor.shape[0] ?? 1, planeRows(tensor));
  return rank === "full" ? side : Math.min(rank, side);
}

/**
 * The two tensors of an adapter for one matrix, `lora_a` first. They are computed when the first is written, and let go with the
 * second; then `onDone` hears what was kept. B·A is the difference times rank ÷ alpha.
 */
export function extractedPair(models: ModelPair, tensor: TensorInfo, rank: number, { alpha, seed }: { readonly alpha: number; readonly seed: number }, onDone: (energy: KeptEnergy) => void): readonly ProducedTensor[] {
  const { name, shape } = tensor;
  const lookedUp = isLookedUp(name);
  const [columns, rows, experts] = [shape[0] ?? 1, planeRows(tensor), shape.slice(2)];
  let second: readonly Float32Array[] = [];

  async function* compute(): AsyncIterable<Uint8Array> {
    const [firsts, seconds]: [Float32Array[], Float32Array[]] = [[], []];
    let [kept, total] = [0, 0];
    for (let plane = 0; plane < planesOf(tensor); plane++) {
      const found = await lowRank(new TensorDifference(models, tensor, plane), rank, seed, (floats) => new ProductKernel(floats));
      if (models.signal.aborted) throw HumanError.cancelled();
      scale(found.left, rank / alpha);
      firsts.push(lookedUp ? found.left : found.right);
      seconds.push(lookedUp ? transposed(found.right, columns) : found.left);
      kept += found.kept;
      total += found.total;
    }
    onDone({ name, rank, kept, total });
    second = seconds;
    yield* bytesOf(firsts);
  }
  async function* rest(): AsyncIterable<Uint8Array> {
    yield* bytesOf(second);
    second = [];
  }
  return [
    { name: `${name}.lora_a`, type: "F32", shape: [...(lookedUp ? [rank, rows] : [columns, rank]), ...experts], produce: compute },
    { name: `${name}.lora_b`, type: "F32", shape: [...(lookedUp ? [rank, columns] : [rank, rows]), ...experts], produce: rest },
  ];
}

function scale(values: Float32Array, factor: number): void {
  if (factor === 1) return;
  for (let index = 0; index < values.length; index++) values[index]! *= factor;
}

function* bytesOf(planes: readonly Float32Array[]): Generator<Uint8Array> {
  for (const { buffer, byteOffset, byteLength } of planes) {
    for (let at = 0; at < byteLength; at += pieceBytes) yield new Uint8Array(buffer, byteOffset + at, Math.min(pieceBytes, byteLength - at));
  }
}

const pieceBytes = 4 * 2 ** 20;
