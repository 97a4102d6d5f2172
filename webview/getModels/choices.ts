import type { Download, HubChoice, HubDetails } from "../../src/protocol/hub";

const unquantized: readonly string[] = ["F32", "F16", "BF16"];

/**
 * The choice to take: the largest GGUF that fits well, on the GPU before in RAM. Unquantized ones only where nothing
 * else fits, for Q8_0 is nearly the same at half the size.
 */
export function recommendedChoice(choices: readonly HubChoice[]): HubChoice | undefined {
  const usable = choices.filter(({ role, format, problem }) => role === "model" && format === "gguf" && !problem);
  const quantized = usable.filter(({ level }) => !unquantized.includes(level));
  for (const group of [quantized, usable]) {
    for (const fit of ["gpu", "ram"] as const) {
      const fitting = group.filter((choice) => choice.fit === fit);
      if (fitting.length > 0) return fitting.reduce((best, choice) => (choice.bytes > best.bytes ? choice : best));
    }
  }
  return undefined;
}

/** Models, the largest first, then what belongs to them. */
export function orderedChoices(choices: readonly HubChoice[]): readonly HubChoice[] {
  const rank = ({ role, problem }: HubChoice): number => (problem ? 2 : role === "model" ? 0 : 1);
  return [...choices].sort((a, b) => rank(a) - rank(b) || b.bytes - a.bytes);
}

/** The download of a choice that is under way or done. */
export function downloadOf(downloads: readonly Download[], { model }: HubDetails, { label }: HubChoice): Download | undefined {
  return downloads.find((download) => download.repository === model.id && download.label === label && download.state !== "failed");
}

/** Bytes to run it; exact where the header was read. */
export function memoryOf({ memory }: HubChoice): number | undefined {
  return memory && memory.weights + memory.cache + memory.compute;
}

/** Its header can be read for the exact memory. */
export function canCheck({ format, role, header, problem }: HubChoice): boolean {
  return format === "gguf" && role === "model" && !header && !problem;
}
