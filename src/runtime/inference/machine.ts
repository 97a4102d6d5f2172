import { cpus, freemem, totalmem } from "node:os";
import type { Llama } from "node-llama-cpp";
import type { Machine } from "../../protocol/model";

/**
 * Memory that this process may use, bytes. In a container that is the group's limit; where there is none, Node answers
 * with 0 or a number beyond the machine's own.
 */
function totalMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** Bytes that can be had. macOS counts the files that it remembers as used, although it lets go of them at once. */
export function freeMemory(): number {
  const total = totalMemory();
  return process.platform === "darwin" ? total / 2 : Math.min(freemem(), total);
}

/** What the machine has and what of it is free at this moment. */
export async function readMachine(llama: Llama): Promise<Machine> {
  const total = totalMemory();
  const video = llama.gpu === false ? { total: 0, free: 0, unifiedSize: 0 } : await llama.getVramState();
  const names = llama.gpu === false ? [] : await llama.getGpuDeviceNames();
  return {
    totalMemory: total,
    freeMemory: freeMemory(),
    totalVideoMemory: video.total,
    freeVideoMemory: video.free,
    ...(video.unifiedSize > 0 && { unifiedMemory: video.unifiedSize }),
    gpuName: [...new Set(names)].join(", "),
    cores: cpus().length,
  };
}
