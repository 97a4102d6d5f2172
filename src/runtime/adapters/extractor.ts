import { basename } from "node:path";
import { canBeAdapted, extractionProblem } from "../../core/adapters/extractionPlan";
import { rankNote } from "../../core/adapters/rankNote";
import { familyOfName, metadataString, type TensorInfo } from "../../core/gguf/header";
import type { MetadataEntry } from "../../core/gguf/writer";
import { adapterProblem } from "../../core/models/adapterProblem";
import { adapterMetadata } from "../../core/training/adapterFile";
import type { ExtractParams, ExtractResult, WorkProgress } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import { lineageEntries } from "../compression/lineageMetadata";
import { openNativeLibrary } from "../ffi/library";
import { type OutputOptions, writeGguf } from "../gguf/ggufOutput";
import { readHeader } from "../gguf/headerFile";
import { TensorFile } from "../gguf/tensorFile";
import { WeightRows } from "../gguf/weightRows";
import { extractedPair, type KeptEnergy, rankOf } from "./extractedPair";
import { extractionNotes } from "./extractionNotes";
import { differs, type ModelPair } from "./tensorDifference";
import { planeRows } from "./tensorPlanes";

/**
 * Writes the adapter that comes nearest to tuned − base in each matrix that llama.cpp applies adapters to, one matrix at a time.
 * Memory holds one difference at most. A run that fails leaves nothing.
 */
export async function extractAdapter(params: ExtractParams, onProgress: (progress: WorkProgress) => void, signal: AbortSignal, options: OutputOptions = {}): Promise<ExtractResult> {
  const started = performance.now();
  const { rank } = params;
  if (rank !== "full" && !(Number.isInteger(rank) && rank >= 1)) throw new HumanError("badArgument", "The rank must be a whole number of at least 1, e.g. 16, or “full”.");
  const base = await TensorFile.open(params.base);
  try {
    const tuned = await TensorFile.open(params.tuned);
    try {
      return { ...(await extract(params, base, tuned, onProgress, signal, options)), seconds: (performance.now() - started) / 1000 };
    } finally {
      await tuned.close();
    }
  } finally {
    await base.close();
  }
}

async function extract(params: ExtractParams, base: TensorFile, tuned: TensorFile, onProgress: (progress: WorkProgress) => void, signal: AbortSignal, options: OutputOptions): Promise<Omit<ExtractResult, "seconds">> {
  const problem = extractionProblem({ name: basename(params.base), header: base.header }, { name: basename(params.tuned), header: tuned.header });
  if (problem !== undefined) throw new HumanError("unsupported", problem);
  const weights = new WeightRows(openNativeLibrary());
  try {
    const models: ModelPair = { base, tuned, weights, signal };
    const changed = await changedTensors(models, onProgress);
    const matrices = changed.filter((tensor) => canBeAdapted(base.header, tensor));
    if (matrices.length === 0) throw new HumanError("badArgument", nothingToExtract(params, changed));
    const ranks = matrices.map((tensor) => rankOf(tensor, params.rank));
    const alpha = Math.max(...ranks);
    const tooHigh = rankNote(matrices.map((tensor, index) => ({ rank: ranks[index]!, columns: tensor.shape[0] ?? 1, rows: planeRows(tensor) })));
    const energies: KeptEnergy[] = [];
    const tensors = matrices.flatMap((tensor, index) => extractedPair(models, tensor, ranks[index]!, { alpha, seed: params.seed }, (energy) => energies.push(energy)));
    const belongs = async (path: string): Promise<void> => {
      const wrong = adapterProblem(base.header, readHeader(path));
      if (wrong !== undefined) throw new Error(`The adapter ${wrong}`);
    };
    const all = base.header.tensors.length + tensors.length;
    const { bytes } = await writeGguf(
      params.output, [params.base, params.tuned], { metadata: metadata(params, base, alpha), tensors },
      ({ tensor }) => onProgress({ done: base.header.tensors.length + tensor, all, label: "Decomposing" }), signal, { ...options, tryLoad: belongs },
    );
    return {
      path: params.output, bytes,
      matrices: energies.map(({ name, rank, kept, total }) => ({ name, rank, energy: share(kept, total) })),
      energy: share(sum(energies.map(({ kept }) => kept)), sum(energies.map(({ total }) => total))),
      notes: [...extractionNotes(base, tuned, changed.filter((tensor) => !matrices.includes(tensor))), ...(tooHigh === undefined ? [] : [tooHigh])],
    };
  } finally {
    weights.dispose();
  }
}

async function changedTensors(models: ModelPair, onProgress: (progress: WorkProgress) => void): Promise<readonly TensorInfo[]> {
  const { tensors } = models.base.header;
  const changed: TensorInfo[] = [];
  for (const [index, tensor] of tensors.entries()) {
    if (await differs(models, tensor)) changed.push(tensor);
    // Each matrix is decomposed into two later on.
    onProgress({ done: index + 1, all: 3 * tensors.length, label: "Comparing" });
  }
  return changed;
}

function nothingToExtract({ base, tuned }: ExtractParams, changed: readonly TensorInfo[]): string {
  if (changed.length === 0) return `${basename(tuned)} and ${basename(base)} have the same weights, so there is nothing to extract: choose the tuned model.`;
  return `${basename(tuned)} differs from ${basename(base)} only in ${changed.length} tensors that no adapter can hold (${changed[0]!.name}): there is nothing to extract.`;
}

function metadata({ base, tuned, rank, output }: ExtractParams, { header }: TensorFile, alpha: number): readonly MetadataEntry[] {
  const name = metadataString(header, "general.name") ?? familyOfName(base);
  const step = `extract ${rank === "full" ? "full rank" : `rank ${rank}`} from ${basename(tuned).replaceAll(" > ", " ")}`;
  return [
    ...adapterMetadata(metadataString(header, "general.architecture")!, alpha),
    { key: "general.name", type: "string", value: familyOfName(output) },
    { key: "general.base_model.count", type: "u32", value: 1 },
    { key: "general.base_model.0.name", type: "string", value: name },
    ...lineageEntries(base, header.metadata, step),
  ];
}

function share(kept: number, total: number): number {
  return total > 0 ? Math.min(1, kept / total) : 1;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
