import { totalNeed } from "../../core/fit/memory";
import type { LoadedModel, MemoryNeed, ModelFile, ModelRole, ModelSource } from "../../protocol/model";
import type { Fit } from "../../protocol/panels";
import { formatBytes, formatCount } from "../format";

/** Whether and where a model would run on this machine. */
export interface FitFacts {
  readonly fit: Fit;
  readonly memory: MemoryNeed;
  /** Tokens that the memory is counted for. */
  readonly context: number;
}

export const sourceNames: Readonly<Record<ModelSource, string>> = {
  ollama: "Ollama",
  huggingFace: "Hugging Face cache",
  lmStudio: "LM Studio",
  llamaCpp: "llama.cpp",
};

export const roleNames: Readonly<Record<ModelRole, string>> = { model: "model", projector: "projector", adapter: "adapter" };

export const fitNames: Readonly<Record<Fit, string>> = {
  gpu: "fits on the GPU",
  partial: "partly on the GPU",
  ram: "fits in RAM",
  tight: "tight in RAM",
  no: "does not fit",
};

/** e.g. "5 parts"; undefined for a model of one file. */
export function partsWords({ parts }: ModelFile): string | undefined {
  if (!parts) return undefined;
  return parts.paths.length < parts.expected ? `${parts.paths.length} of ${parts.expected} parts` : `${parts.expected} parts`;
}

/** The scale at which the loaded model uses an adapter, of a row under a model where that is the loaded one; undefined where it does not. */
export function attachedAt(owner: ModelFile | undefined, adapter: ModelFile, loaded: LoadedModel | undefined): number | undefined {
  return loaded && (owner?.path ?? loaded.path) === loaded.path ? loaded.adapters?.find(({ path }) => path === adapter.path)?.scale : undefined;
}

/** By how a step of a lineage begins, what it made of the model; quantizing and converting are told by the level. */
const madeBy: Readonly<Record<string, string>> = { prune: "pruned", sparsify: "sparse", distil: "distilled", train: "trained", merge: "merged" };

/** e.g. ["pruned", "distilled"]: what sets a file apart from a plain level of the same name. */
export function makingWords({ lineage }: ModelFile): readonly string[] {
  const words = (lineage?.steps ?? []).flatMap((step) => (step.endsWith("by GPTQ") ? ["GPTQ"] : (madeBy[step.split(" ", 1)[0]!] ?? [])));
  return [...new Set(words)];
}

/** e.g. "4.6 GiB · 8.0 B · pruned · 3 parts · fits in RAM · loaded". */
export function stateWords(model: ModelFile, fit: Fit | undefined, loaded: LoadedModel | undefined): string {
  const parts = partsWords(model);
  if (model.problem) return [...(model.bytes > 0 ? [formatBytes(model.bytes)] : []), ...(parts ? [parts] : []), "cannot be used"].join(" · ");
  const adapters = loaded?.adapters?.length ?? 0;
  return [
    formatBytes(model.bytes),
    ...(model.parameters > 0 ? [formatCount(model.parameters)] : []),
    ...makingWords(model),
    ...(parts ? [parts] : []),
    ...(fit && !loaded ? [fitNames[fit]] : []),
    ...(loaded ? ["loaded"] : []),
    ...(adapters > 0 ? [`${adapters} ${adapters === 1 ? "adapter" : "adapters"}`] : []),
  ].join(" · ");
}

/** e.g. "needs 5.1 GiB with 4,096 tokens of context: 4.6 GiB weights, 0.3 GiB context, 0.2 GiB buffers". */
export function memoryWords({ memory, context }: FitFacts): string {
  const parts = `${formatBytes(memory.weights)} weights, ${formatBytes(memory.cache)} context, ${formatBytes(memory.compute)} buffers`;
  return `needs ${formatBytes(totalNeed(memory))} with ${context.toLocaleString("en")} tokens of context: ${parts}`;
}
