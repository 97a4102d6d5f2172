import { basename } from "node:path";
import { loraPairs } from "../../core/adapters/loraPair";
import { mergeProblem } from "../../core/adapters/mergeProblem";
import { metadataNumber, type TensorInfo } from "../../core/gguf/header";
import { changedEntries, metadataEntries } from "../../core/gguf/rewrite";
import type { MetadataEntry } from "../../core/gguf/writer";
import type { MergeParams, MergeResult, WorkProgress } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import { checkMatches, type ImportanceMatrix, importanceOf } from "../calibration/importanceMatrix";
import { readMatrix } from "../calibration/matrixFile";
import { lineageEntries } from "../compression/lineageMetadata";
import { isWritten, needsMatrix } from "../compression/problems";
import { openNativeLibrary } from "../ffi/library";
import { readGgufLayout } from "../gguf/ggufLayout";
import { type OutputOptions, type ProducedTensor, writeGguf } from "../gguf/ggufOutput";
import { TensorFile } from "../gguf/tensorFile";
import { WeightRows } from "../gguf/weightRows";
import { mergedTensor, type Merging } from "./mergedTensor";

/**
 * Writes base + scale · (alpha ÷ rank) · B·A in the base's own types, a few megabytes at a time: tensors that the adapter does not
 * change keep their bytes. Memory holds one pair of the adapter's matrices. A run that fails leaves nothing.
 */
export async function mergeAdapter(params: MergeParams, onProgress: (progress: WorkProgress) => void, signal: AbortSignal, options: OutputOptions = {}): Promise<MergeResult> {
  const started = performance.now();
  if (!Number.isFinite(params.scale) || params.scale === 0) throw new HumanError("badArgument", "The scale must be a number other than 0, e.g. 1 as the adapter was trained or 0.5 for half of it.");
  const base = await TensorFile.open(params.base);
  try {
    const adapter = await TensorFile.open(params.adapter);
    try {
      return { ...(await merge(params, base, adapter, onProgress, signal, options)), seconds: (performance.now() - started) / 1000 };
    } finally {
      await adapter.close();
    }
  } finally {
    await base.close();
  }
}

async function merge(params: MergeParams, base: TensorFile, adapter: TensorFile, onProgress: (progress: WorkProgress) => void, signal: AbortSignal, options: OutputOptions): Promise<Omit<MergeResult, "seconds">> {
  const problem = mergeProblem({ name: basename(params.base), header: base.header }, { name: basename(params.adapter), header: adapter.header });
  if (problem !== undefined) throw new HumanError("unsupported", problem);
  const matrix = params.imatrix === undefined ? undefined : matrixFor(params.imatrix, params.base);
  const pairs = new Map(loraPairs(adapter.header).map((pair) => [pair.name, pair]));
  const changed = base.header.tensors.filter(({ name }) => pairs.has(name));
  checkTypes(changed, matrix);
  const weights = new WeightRows(openNativeLibrary());
  try {
    const merging: Merging = { base, adapter, alpha: metadataNumber(adapter.header, "adapter.lora.alpha") ?? 0, scale: params.scale, weights, signal };
    const tensors = base.header.tensors.map((tensor): ProducedTensor => {
      const pair = pairs.get(tensor.name);
      return pair ? mergedTensor(merging, tensor, pair, importanceOf(matrix, tensor)) : { name: tensor.name, type: tensor.type, shape: tensor.shape, produce: () => base.copy(tensor) };
    });
    const { bytes } = await writeGguf(
      params.output, [params.base, params.adapter, ...(params.imatrix === undefined ? [] : [params.imatrix])],
      { metadata: metadata(params, base), tensors, alignment: base.header.alignment },
      ({ tensor, tensors: all }) => onProgress({ done: tensor, all, label: "Merging" }), signal, options,
    );
    return { path: params.output, bytes, changed: changed.length, notes: notes(changed, base) };
  } finally {
    weights.dispose();
  }
}

function matrixFor(path: string, model: string): ImportanceMatrix {
  const matrix = readMatrix(path);
  checkMatches(matrix, readGgufLayout(model));
  return matrix;
}

/** ggml aborts on what it cannot write. */
function checkTypes(changed: readonly TensorInfo[], matrix: ImportanceMatrix | undefined): void {
  for (const tensor of changed) {
    const { name, type } = tensor;
    if (!isWritten(type)) throw new HumanError("unsupported", `${name} is stored as ${type}, which llama.cpp reads but does not write: merge into the F16 original.`);
    if (!needsMatrix(type, name) || importanceOf(matrix, tensor)) continue;
    const lacking = matrix ? "the importance matrix says nothing of it: calibrate again" : "that needs an importance matrix: give the one of this model";
    throw new HumanError("badArgument", `${name} is ${type} and has to be quantized anew, and ${lacking}, or merge into the F16 original and quantize the result.`);
  }
}

function metadata({ adapter, scale }: MergeParams, base: TensorFile): readonly MetadataEntry[] {
  const step = `merge ${basename(adapter).replace(/\.gguf$/i, "").replaceAll(" > ", " ")} × ${scale}`;
  return changedEntries(metadataEntries(base.header), lineageEntries(base.path, base.header.metadata, step));
}

function notes(changed: readonly TensorInfo[], { header }: TensorFile): readonly string[] {
  const said: string[] = [];
  const quantized = changed.filter(({ type }) => !["F32", "F16", "BF16"].includes(type));
  if (quantized.length > 0) {
    const types = [...new Set(quantized.map(({ type }) => type))].join(", ");
    said.push(`${quantized.length} matrices were quantized anew (${types}), which costs some quality: merging into the F16 original and quantizing the result costs it only once.`);
  }
  if (changed.some(({ name }) => name === "token_embd.weight") && !header.tensors.some(({ name }) => name === "output.weight")) {
    said.push("The token embedding is this model's output as well, so the adapter changes both.");
  }
  return said;
}
