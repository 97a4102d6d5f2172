import { basename } from "node:path";
import { HumanError } from "../../protocol/humanError";
import type { ImatrixInfo } from "../../protocol/model";
import type { TensorInfo } from "../../core/gguf/header";
import type { GgufLayout } from "../gguf/ggufLayout";

/** How strongly the inputs of each weight matrix were excited while a model read texts. */
export interface ImportanceMatrix {
  readonly info: ImatrixInfo;
  /** Mean squared input of each column, by the tensor's name; experts one after the other. */
  readonly columns: ReadonlyMap<string, Float32Array>;
}

/**
 * Throws unless the matrix was made on this model: its tensors are there, they have as many columns, and most blocks are
 * covered. A few names may differ: files of one model are converted in more than one way.
 */
export function checkMatches(matrix: ImportanceMatrix, layout: GgufLayout): void {
  const name = basename(matrix.info.path);
  const refuse = (what: string): HumanError =>
    new HumanError("badArgument", `${name} was made on another model (${what}): choose the matrix of this model, or calibrate again.`);
  const tensors = new Map(layout.tensors.map((tensor) => [tensor.name, tensor]));
  let known = 0;
  for (const [tensorName, columns] of matrix.columns) {
    const tensor = tensors.get(tensorName);
    if (!tensor) continue;
    known++;
    const expected = importanceLength(tensor);
    if (columns.length !== expected && !embeddings.includes(tensorName)) throw refuse(`${tensorName} has ${expected} columns, not ${columns.length}`);
  }
  if (known < 0.9 * matrix.columns.size) throw refuse(`it has tensors that this model lacks`);
  const matrices = layout.tensors.filter(({ name: own, shape }) => /^blk\.\d+\..*weight$/.test(own) && shape.length > 1);
  const covered = matrices.filter((tensor) => matrix.columns.has(tensor.name)).length;
  if (covered < 0.5 * matrices.length) throw refuse(`it covers ${covered} of ${matrices.length} tensors`);
}

/** The importance of a tensor; undefined where the matrix has none that fits. Then llama.cpp quantizes as without a matrix. */
export function importanceOf(matrix: ImportanceMatrix | undefined, tensor: TensorInfo): Float32Array | undefined {
  const columns = matrix?.columns.get(tensor.name);
  return columns?.length === importanceLength(tensor) ? columns : undefined;
}

/** The tensors whose importance llama.cpp leaves out where it does not fit; of all others it refuses such a one. */
const embeddings = ["token_embd.weight", "per_layer_token_embd.weight"];

function importanceLength({ shape }: TensorInfo): number {
  return (shape[0] ?? 0) * (shape[2] ?? 1);
}

/** Mean squares from sums, in the arithmetic of llama-quantize (32-bit floats); a part that was never used counts as 1 everywhere. */
export function meanSquares(sums: Float32Array, counts: readonly number[]): Float32Array {
  const part = sums.length / counts.length;
  return sums.map((sum, index) => {
    const count = counts[Math.floor(index / part)] ?? 0;
    return count > 0 ? sum / Math.fround(count) : 1;
  });
}
