import type { Machine, MemoryNeed } from "../../protocol/model";
import type { Fit } from "../../protocol/panels";
import { totalNeed } from "./memory";

/** Memory that the system, the editor and its extensions want for themselves: 2 GiB, on a small machine a quarter. */
const reserved = (total: number): number => Math.min(2 * 1024 ** 3, total / 4);
/** Above this share of what is usable, other programs begin to be pushed out. */
const tightShare = 0.85;

/** Where a model would run. */
export interface Placement {
  readonly fit: Fit;
  /** Layers on the GPU of all: the blocks and the output. Absent without a GPU. */
  readonly gpuLayers?: { readonly fit: number; readonly all: number };
}

/**
 * Wholly on the GPU, partly there, in RAM, in RAM with little to spare, or not at all. Layers count as equally large:
 * weights and cache are divided by their number. The compute buffers are wanted on the GPU as soon as one layer is.
 */
export function placementOf(need: MemoryNeed, blocks: number, machine: Machine): Placement {
  const total = totalNeed(need);
  const inMemory = fitInMemory(total, machine);
  if (machine.totalVideoMemory === 0) return { fit: inMemory };
  const all = blocks + 1;
  const room = tightShare * machine.totalVideoMemory;
  if (total <= room) return { fit: "gpu", gpuLayers: { fit: all, all } };
  const layer = (need.weights + need.cache) / all;
  const fit = Math.max(0, Math.min(all - 1, Math.floor((room - need.compute) / layer)));
  const gpuLayers = { fit, all };
  if (fit === 0) return { fit: inMemory, gpuLayers };
  const rest = fitInMemory(total - fit * layer, machine);
  return { fit: rest === "no" ? "no" : "partial", gpuLayers };
}

function fitInMemory(bytes: number, machine: Machine): "ram" | "tight" | "no" {
  const usable = usableMemory(machine);
  if (bytes <= tightShare * usable) return "ram";
  return bytes <= usable ? "tight" : "no";
}

export function usableMemory(machine: Machine): number {
  return Math.max(0, machine.totalMemory - reserved(machine.totalMemory));
}

/** Bytes of weights that still run on the machine beside this cache and these buffers: on its GPU where it has one. */
export function weightBudget({ cache, compute }: Omit<MemoryNeed, "weights">, machine: Machine): number {
  const room = machine.totalVideoMemory > 0 ? tightShare * machine.totalVideoMemory : tightShare * usableMemory(machine);
  return Math.max(0, room - cache - compute);
}
