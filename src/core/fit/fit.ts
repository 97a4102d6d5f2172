import type { Machine, MemoryNeed } from "../../protocol/model";
import type { Fit } from "../../protocol/panels";
import { totalNeed } from "./memory";

/** Memory that the system, the editor and its extensions want for themselves: 2 GiB, on a small machine a quarter. */
const reserved = (total: number): number => Math.min(2 * 1024 ** 3, total / 4);
/** Above this share of what is usable, other programs begin to be pushed out. */
const tightShare = 0.85;

/** Where a model would run: wholly on the GPU, in RAM, in RAM with little to spare, or not at all. */
export function fitOf(need: MemoryNeed, machine: Machine): Fit {
  const total = totalNeed(need);
  if (machine.totalVideoMemory > 0 && total <= tightShare * machine.totalVideoMemory) return "gpu";
  const usable = Math.max(0, machine.totalMemory - reserved(machine.totalMemory));
  if (total <= tightShare * usable) return "ram";
  return total <= usable ? "tight" : "no";
}
