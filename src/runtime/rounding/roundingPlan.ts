import { basename } from "node:path";
import type { TensorInfo } from "../../core/gguf/header";
import { tensorPlace } from "../../core/gguf/tensorNames";
import { isBlockMatrix } from "../../core/pruning/blockMatrices";
import type { GptqParams } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { GgufLayout } from "../gguf/ggufLayout";

/** The matrices that are rounded with compensation, and what is said of the others. */
export interface RoundingPlan {
  /** Matrices of neighbouring blocks: the text is read once for each group. */
  readonly groups: readonly (readonly TensorInfo[])[];
  readonly notes: readonly string[];
}

/** Matrices of a block that are multiplied with the same input. */
const sharedInputs = [/^attn_(q|k|v|qkv)$/, /^ffn_(gate|up)$/];

/** `types` are those that the level gives. `free` memory in bytes bounds a group; throws a HumanError where one block needs more. */
export function planRounding({ input, type }: GptqParams, { tensors, fileBytes }: GgufLayout, types: ReadonlyMap<string, string>, free: number): RoundingPlan {
  const matrices = tensors.filter(isBlockMatrix);
  const fitting = matrices.filter(({ name, type: before }) => types.get(name) === type && before !== type);
  const chosen = fitting.filter(({ shape }) => (shape[2] ?? 1) === 1);
  if (chosen.length === 0) throw new HumanError("unsupported", `${basename(input)} has no matrices that ${type} rounds with compensation: choose another level, or start from its F16 original.`);
  const notes = [
    ...noteOf(matrices.length - fitting.length, `not stored as ${type}`),
    ...noteOf(fitting.length - chosen.length, "of experts"),
  ];
  return { groups: grouped(chosen, free - fileBytes), notes };
}

function noteOf(count: number, which: string): readonly string[] {
  return count > 0 ? [`${count} matrices are ${which} and keep llama.cpp's own rounding.`] : [];
}

function grouped(matrices: readonly TensorInfo[], room: number): readonly (readonly TensorInfo[])[] {
  const blocks = new Map<number, TensorInfo[]>();
  for (const matrix of matrices) {
    const { block } = tensorPlace(matrix.name);
    blocks.set(block, [...(blocks.get(block) ?? []), matrix]);
  }
  const groups: TensorInfo[][] = [];
  let left = 0;
  for (const [block, own] of blocks) {
    const need = productBytes(own);
    if (need > room) {
      throw new HumanError("modelTooLarge", `What block ${block} is given takes ${megabytes(need)} of memory to compensate for, and ${megabytes(Math.max(0, room))} are left beside the model: close other programs, or quantize without compensation.`);
    }
    if (need > left) {
      groups.push([]);
      left = room;
    }
    groups.at(-1)!.push(...own);
    left -= need;
  }
  return groups;
}

/** 64-bit products of all columns of each input with each other. */
function productBytes(matrices: readonly TensorInfo[]): number {
  const inputs = new Map(matrices.map(({ name, shape }) => {
    const { role } = tensorPlace(name);
    const shared = sharedInputs.findIndex((roles) => roles.test(role));
    return [shared < 0 ? role : shared, shape[0] ?? 0];
  }));
  return [...inputs.values()].reduce((sum, columns) => sum + 8 * columns * columns, 0);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
