import { memoryNeed } from "../fit/memory";
import { placementOf } from "../fit/placement";
import type { CacheType, Machine, MemoryNeed, ModelFile } from "../../protocol/model";
import type { Fit } from "../../protocol/panels";

/**
 * Whether a model runs on a machine with so many tokens of context (at most what it was trained for), and what it needs.
 * Undefined where its header does not give the numbers.
 */
export function fitOf(
  { shape, weights, contextLength }: Pick<ModelFile, "shape" | "weights" | "contextLength">, machine: Machine, context: number, cacheType?: CacheType,
): { readonly fit: Fit; readonly memory: MemoryNeed } | undefined {
  if (!shape || weights === undefined) return undefined;
  const memory = memoryNeed(weights, shape, contextLength > 0 ? Math.min(context, contextLength) : context, cacheType);
  return { fit: placementOf(memory, shape.blocks, machine).fit, memory };
}
