import { statSync } from "node:fs";
import { basename } from "node:path";
import { HumanError } from "../../protocol/humanError";
import { freeMemory } from "../inference/machine";

/**
 * Refuses two models that would not be in memory together: both are read whole, beside what the long-lived process holds.
 * `free` is in bytes. A file that is not there is left to its reader.
 */
export function checkBothFit(base: string, variant: string, free = freeMemory()): void {
  const need = sizeOf(base) + sizeOf(variant);
  if (need <= free) return;
  throw new HumanError(
    "modelTooLarge",
    `${basename(base)} and ${basename(variant)} need ${gib(need)} of memory together, but ${gib(free)} are free. Unload the model, close other programs, or compare smaller models.`,
  );
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
