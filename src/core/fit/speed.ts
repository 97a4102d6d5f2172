import type { Machine, MemoryNeed } from "../../protocol/model";
import type { Placement } from "./placement";

/**
 * Tokens per second that generation reaches at most: for every token all active weights, and on average half of the
 * cache, are read from memory once. `activeShare` is the share of weights that one token uses (less than 1 for a
 * mixture of experts). Undefined where the machine's bandwidth is unknown.
 */
export function generationBound(need: MemoryNeed, placement: Placement, machine: Machine, activeShare = 1): number | undefined {
  const bytes = need.weights * activeShare + need.cache / 2;
  const onGpu = placement.gpuLayers ? placement.gpuLayers.fit / placement.gpuLayers.all : 0;
  const seconds = time(bytes * onGpu, machine.videoBandwidth) + time(bytes * (1 - onGpu), machine.memoryBandwidth);
  return placement.fit === "no" || !Number.isFinite(seconds) || seconds === 0 ? undefined : 1 / seconds;
}

function time(bytes: number, bandwidth: number | undefined): number {
  if (bytes === 0) return 0;
  return bandwidth ? bytes / bandwidth : Number.POSITIVE_INFINITY;
}
