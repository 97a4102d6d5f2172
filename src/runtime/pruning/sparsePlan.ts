import { basename } from "node:path";
import { isBlockMatrix } from "../../core/pruning/blockMatrices";
import type { SparsityRule } from "../../core/pruning/sparsity";
import { holdsZeros } from "../../core/pruning/zeroWeights";
import { type ParsedHeader, metadataNumber, type TensorInfo } from "../../core/gguf/header";
import type { SparsifyParams } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import { checkMatches, importanceOf } from "../calibration/importanceMatrix";
import { readMatrix } from "../calibration/matrixFile";
import { readGgufLayout } from "../gguf/ggufLayout";

/** What is done to which tensors. */
export interface SparsePlan {
  readonly rule: SparsityRule;
  /** By name; with Wanda the norms of each matrix's inputs: √(mean x²) for each column, experts one after the other. */
  readonly matrices: ReadonlyMap<string, { readonly norms?: Float32Array }>;
  /** Of the lineage. */
  readonly step: string;
  readonly notes: readonly string[];
}

/** Throws a HumanError for a wish that cannot be fulfilled, or a model whose weights cannot become zero. */
export function planSparsity(params: SparsifyParams, header: ParsedHeader): SparsePlan {
  const rule = ruleOf(params);
  const matrices = header.tensors.filter(isBlockMatrix);
  checkModel(basename(params.input), header, matrices);
  const norms = params.method === "wanda" ? normsOf(params, matrices) : undefined;
  const name = params.method === "wanda" ? "Wanda" : "magnitude";
  return {
    rule,
    matrices: new Map(matrices.map((tensor) => [tensor.name, { norms: norms?.get(tensor.name) }])),
    step: `sparsify ${rule.pattern ?? `${Number((100 * rule.share).toFixed(1))} %`} by ${name}`,
    notes: notesOf(matrices, norms),
  };
}

function ruleOf({ method, sparsity, pattern, imatrix }: SparsifyParams): SparsityRule {
  if (method !== "wanda" && method !== "magnitude") throw new HumanError("badArgument", `Weights are chosen by "magnitude" or by "wanda", not by "${String(method)}".`);
  if (pattern !== undefined && pattern !== "2:4") throw new HumanError("badArgument", `The only pattern is 2:4, not "${String(pattern)}".`);
  if (pattern === undefined && !(sparsity > 0 && sparsity < 1)) throw new HumanError("badArgument", "The share of zeros must be above 0 and below 1, e.g. 0.5.");
  if (method === "wanda" && imatrix === undefined) throw new HumanError("badArgument", "Wanda needs an importance matrix: calibrate on your documents first, or choose by magnitude.");
  return { share: pattern ? 0.5 : sparsity, ...(pattern && { pattern }) };
}

function checkModel(name: string, header: ParsedHeader, matrices: readonly TensorInfo[]): void {
  if ((metadataNumber(header, "split.count") ?? 1) > 1) throw new HumanError("unsupported", "This model is split into several files: join them first (llama-gguf-split --merge).");
  if (matrices.length === 0) throw new HumanError("unsupported", `${name} has no matrices of attention or feed-forward blocks: there is nothing to set to zero.`);
  const without = matrices.find(({ type }) => !holdsZeros(type));
  if (without) throw new HumanError("unsupported", `${without.name} is stored as ${without.type}, in which no weight can become exactly zero without changing others: prune the unquantized original, then quantize.`);
}

function normsOf({ input, imatrix = "" }: SparsifyParams, matrices: readonly TensorInfo[]): ReadonlyMap<string, Float32Array> {
  const matrix = readMatrix(imatrix);
  checkMatches(matrix, readGgufLayout(input));
  return new Map(matrices.map((tensor) => {
    const squares = importanceOf(matrix, tensor);
    if (!squares) throw new HumanError("badArgument", `The importance matrix says nothing of ${tensor.name}: calibrate again on this model, or choose by magnitude.`);
    return [tensor.name, squares.map(Math.sqrt)];
  }));
}

function notesOf(matrices: readonly TensorInfo[], norms: ReadonlyMap<string, Float32Array> | undefined): readonly string[] {
  const notes = ["The file is as large and the model as fast as before: zeros are stored and multiplied like all other weights."];
  const quantized = matrices.find(({ type }) => !["F32", "F16", "BF16"].includes(type));
  if (quantized) notes.push(`The weights were chosen as they are rounded (${quantized.type}); the others stay as they were. Sparsifying the original and then quantizing chooses better.`);
  const unread = matrices.reduce((sum, { name, shape }) => sum + unreadPlanes(norms?.get(name), shape[0] ?? 1), 0);
  if (unread > 0) notes.push(`${unread} experts were never used by the text of the importance matrix: their weights were chosen by magnitude.`);
  return notes;
}

/** Planes without counts have 1 for every column (importanceMatrix.ts), by which weights are compared as by magnitude. */
function unreadPlanes(norms: Float32Array | undefined, columns: number): number {
  let unread = 0;
  for (let start = 0; norms && start < norms.length; start += columns) if (norms.subarray(start, start + columns).every((norm) => norm === 1)) unread++;
  return unread;
}
