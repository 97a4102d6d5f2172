import type { Machine } from "../../protocol/model";

/** Bytes that a model gives back when it is unloaded. */
export interface FreedMemory {
  readonly memory: number;
  readonly videoMemory: number;
}

/** Bytes that a model may take now. */
export interface Room {
  readonly memory: number;
  readonly videoMemory: number;
  /** Those of the video memory that are RAM too: what lies there is missing here. */
  readonly shared: number;
}

/** Left to the system and to other programs: 1 GiB, on a small machine a sixteenth. */
const headroom = (total: number): number => Math.min(1024 ** 3, total / 16);
/** Left to drivers and other windows on the GPU: half a GiB, of a small one a sixteenth. */
const videoHeadroom = (total: number): number => Math.min(1024 ** 3 / 2, total / 16);

/** Whatever a driver or a damaged header says, a size is a number from 0. */
export function size(bytes: number | undefined): number {
  return bytes !== undefined && Number.isFinite(bytes) && bytes > 0 ? bytes : 0;
}

/** A machine whose numbers are sizes. */
export function sensible(machine: Machine): Machine {
  return {
    ...machine,
    totalMemory: size(machine.totalMemory), freeMemory: size(machine.freeMemory),
    totalVideoMemory: size(machine.totalVideoMemory), freeVideoMemory: size(machine.freeVideoMemory), unifiedMemory: size(machine.unifiedMemory),
  };
}

/** What is free and what will be, less what the rest of the machine needs. Other programs' memory is not free, so it does not count. */
export function roomOf(machine: Machine, freed: FreedMemory): Room {
  return {
    memory: roomIn(machine.totalMemory, machine.freeMemory + size(freed.memory), headroom),
    videoMemory: roomIn(machine.totalVideoMemory, machine.freeVideoMemory + size(freed.videoMemory), videoHeadroom),
    shared: Math.min(machine.unifiedMemory ?? 0, machine.totalVideoMemory),
  };
}

/** The same when nothing else ran on the machine: beyond it, closing other programs does not help. */
export function greatestRoom(machine: Machine): Room {
  return roomOf({ ...machine, freeMemory: machine.totalMemory, freeVideoMemory: machine.totalVideoMemory }, { memory: 0, videoMemory: 0 });
}

function roomIn(total: number, free: number, kept: (total: number) => number): number {
  return Math.max(0, Math.min(total, free) - kept(total));
}
