import type { MemoryNeed } from "../../protocol/model";
import { totalNeed } from "./memory";
import type { Room } from "./room";

/** How a model is divided between the GPU and RAM. */
export interface Split {
  readonly gpuLayers: number;
  /** Bytes on each side. */
  readonly videoMemory: number;
  readonly memory: number;
  /** Whether both sides have room for it. */
  readonly fits: boolean;
}

/**
 * As many layers on the GPU as have room there, at most `most`, the rest in RAM. Layers count as equally large: weights and
 * cache divided by their number (the output is one of them); the buffers are wanted on the GPU as soon as one layer is.
 */
export function splitOf(need: MemoryNeed, layers: number, room: Room, most = layers): Split {
  const layer = (need.weights + need.cache) / Math.max(1, layers);
  const have = layer > 0 ? Math.floor((room.videoMemory - need.compute) / layer) : 0;
  const gpuLayers = Math.max(0, Math.min(layers, most, have));
  const videoMemory = gpuLayers > 0 ? need.compute + gpuLayers * layer : 0;
  const memory = Math.max(0, totalNeed(need) - videoMemory);
  return { gpuLayers, videoMemory, memory, fits: memory <= room.memory - Math.min(videoMemory, room.shared) };
}
