import type { Machine } from "../../protocol/model";

const GB = 1024 ** 3;

/** A machine that can be asked about without having it. */
export interface MachinePreset {
  readonly id: string;
  readonly label: string;
  readonly machine: Machine;
}

function preset(id: string, label: string, memory: number, memoryBandwidth: number, cores: number, video = 0, videoBandwidth = 0): MachinePreset {
  return {
    id,
    label,
    machine: {
      totalMemory: memory * GB, freeMemory: memory * GB, totalVideoMemory: video * GB, freeVideoMemory: video * GB,
      gpuName: video > 0 ? `a GPU with ${video} GB` : "", cores, memoryBandwidth: memoryBandwidth * 1e9,
      ...(video > 0 && { videoBandwidth: videoBandwidth * 1e9 }),
    },
  };
}

/**
 * Bandwidths in GB/s are those of common parts, by their makers' data sheets: DDR5-5600 in two channels 90, DDR4-3200 in
 * eight 205, LPDDR5-6400 68 (16 GB laptops) and 102 (32 GB), a GPU of the RTX 4090's class 1008. Speeds made from them
 * are upper bounds.
 */
export const machinePresets: readonly MachinePreset[] = [
  preset("desktop-24-64", "Desktop with 24 GB VRAM and 64 GB RAM", 64, 90, 16, 24, 1008),
  preset("server-128", "Server with 128 GB RAM, no GPU", 128, 205, 32),
  preset("laptop-16", "Laptop with 16 GB RAM", 16, 68, 8),
  preset("laptop-32", "Laptop with 32 GB RAM", 32, 102, 12),
];

export function machinePreset(id: string): MachinePreset | undefined {
  return machinePresets.find((candidate) => candidate.id === id);
}

/** A machine by its own numbers, gigabytes of 1024³ bytes. */
export function ownMachine(memory: number, video: number): Machine {
  return { ...preset("own", "", memory, 0, 0, video).machine, memoryBandwidth: undefined, videoBandwidth: undefined };
}
