import type { Machine, MemoryNeed } from "../../src/protocol/model";
import type { TradeoffRow } from "../../src/protocol/panels";

/** One pool of memory and what a row would take of it, bytes. */
export interface MemoryPart {
  readonly pool: "GPU" | "RAM";
  readonly has: number;
  readonly need: MemoryNeed;
}

/**
 * Where a row's memory would lie: on the GPU, in RAM, or shared between them. Shared, weights and cache follow the
 * blocks, which are about equally large; the compute buffers are counted on the GPU, where most of the work is.
 */
export function memoryParts({ memory, fit, gpuLayers }: Pick<TradeoffRow, "memory" | "fit" | "gpuLayers">, machine: Machine): readonly MemoryPart[] {
  if (!memory) return [];
  const gpu = (need: MemoryNeed): MemoryPart => ({ pool: "GPU", has: machine.totalVideoMemory, need });
  const ram = (need: MemoryNeed): MemoryPart => ({ pool: "RAM", has: machine.totalMemory, need });
  if (fit === "gpu") return [gpu(memory)];
  if (fit !== "partial" || !gpuLayers || gpuLayers.all === 0) return [ram(memory)];
  const share = gpuLayers.fit / gpuLayers.all;
  const { weights, cache, compute } = memory;
  return [
    gpu({ weights: weights * share, cache: cache * share, compute }),
    ram({ weights: weights * (1 - share), cache: cache * (1 - share), compute: 0 }),
  ];
}

export function totalOf({ weights, cache, compute }: MemoryNeed): number {
  return weights + cache + compute;
}
