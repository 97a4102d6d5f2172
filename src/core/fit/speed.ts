import type { Machine, MemoryNeed } from "../../protocol/model";
import { type GgufHeader, hyperparameter, weightBytes } from "../gguf/header";
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

/** Share of a model's weights that one token uses: of a mixture of experts the shared ones and the experts chosen, else 1. */
export function activeShareOf(header: GgufHeader): number {
  const experts = hyperparameter(header, "expert_count") ?? 0;
  const used = hyperparameter(header, "expert_used_count") ?? 0;
  if (experts === 0 || used === 0) return 1;
  const all = weightBytes(header);
  const inExperts = header.tensors.filter(({ name }) => name.includes("_exps.")).reduce((sum, { bytes }) => sum + bytes, 0);
  return (all - inExperts * (1 - used / experts)) / all;
}
