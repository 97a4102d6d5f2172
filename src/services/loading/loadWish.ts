import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { LoadWishes, PlannedModel } from "../../core/fit/loadPlan";
import { modelShape } from "../../core/fit/memory";
import type { FreedMemory } from "../../core/fit/room";
import { weightBytes } from "../../core/gguf/header";
import { HumanError } from "../../protocol/humanError";
import type { AdapterUse, LoadPlan, ModelFile } from "../../protocol/model";
import { readGgufFile } from "../ggufFile";
import { modelName } from "../models/modelLibrary";

/** What is to be held: two wishes with the same key are met by the same load. */
export interface LoadWish extends LoadWishes {
  readonly model: ModelFile;
  readonly adapters: readonly AdapterUse[];
  readonly key: string;
}

/** Files count as they are on disk now; a context beyond what the model was trained for makes no difference. */
export async function wishOf(model: ModelFile, adapters: readonly AdapterUse[], wishes: LoadWishes): Promise<LoadWish> {
  const files = await Promise.all([model.path, ...adapters.map(({ path }) => path)].map(stateOf));
  const contextSize = Math.min(wishes.contextSize ?? 0, model.contextLength || Number.POSITIVE_INFINITY);
  const key = JSON.stringify([model.path, files, adapters, contextSize, wishes.cacheType, wishes.gpuLayers]);
  return { ...wishes, model, adapters, key };
}

/** Numbers that the file's entry in the library lacks are read from its header. */
export async function plannedModel({ model, adapters }: LoadWish): Promise<PlannedModel> {
  const { weights, shape } = await memoryFacts(model);
  const added = await Promise.all(adapters.map(bytesOf));
  return { name: modelName(model), weights: added.reduce((sum, bytes) => sum + bytes, weights), shape, contextLength: model.contextLength };
}

/** What a model that was loaded by this plan gives back. */
export function freedBy(plan: LoadPlan | undefined): FreedMemory {
  if (!plan) return { memory: 0, videoMemory: 0 };
  const { need: { weights, cache, compute }, gpuLayers, layers } = plan;
  const videoMemory = gpuLayers > 0 ? compute + ((weights + cache) * gpuLayers) / Math.max(1, layers) : 0;
  return { memory: weights + cache + compute - videoMemory, videoMemory };
}

export function requireUsable(model: ModelFile): void {
  if (model.problem) throw new HumanError("notGguf", model.problem);
  if (model.role === "adapter") throw new HumanError("unsupported", `${modelName(model)} is an adapter: attach it to the model that it was trained for.`);
  if (model.role === "projector") throw new HumanError("unsupported", `${modelName(model)} is the vision part of a model, which cannot be loaded by itself.`);
}

async function memoryFacts(model: ModelFile): Promise<Pick<PlannedModel, "weights" | "shape">> {
  if (model.shape && model.weights !== undefined) return { shape: model.shape, weights: model.weights };
  const parts = await Promise.all((model.parts?.paths ?? [model.path]).map(readGgufFile));
  return { shape: modelShape(parts[0]!.header), weights: parts.reduce((sum, { header }) => sum + weightBytes(header), 0) };
}

async function bytesOf({ path }: AdapterUse): Promise<number> {
  const status = await stat(path).catch(() => undefined);
  if (!status) throw new HumanError("notFound", `The adapter ${basename(path)} is gone: detach it, or choose it again.`);
  return status.size;
}

async function stateOf(path: string): Promise<string> {
  const status = await stat(path).catch(() => undefined);
  return status ? `${status.size} ${status.mtimeMs}` : "gone";
}
