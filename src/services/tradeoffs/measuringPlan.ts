import type { QuantSize } from "../../protocol/model";

/**
 * Groups levels so that the original and one group are in memory together: the original is decoded
 * once per group instead of once per level. Half of the free memory is left to everything else.
 */
export function planBatches<Level extends { readonly size: Pick<QuantSize, "bytes"> }>(levels: readonly Level[], baseBytes: number, freeMemory: number): readonly (readonly Level[])[] {
  const budget = freeMemory / 2 - baseBytes;
  const batches: Level[][] = [];
  let room = 0;
  for (const level of levels) {
    const { bytes } = level.size;
    const current = batches.at(-1);
    if (current && bytes <= room) {
      current.push(level);
      room -= bytes;
    } else {
      batches.push([level]);
      room = budget - bytes;
    }
  }
  return batches;
}

/** Rather too many than too few: a vocabulary of 4,096 tokens takes about 3.5 characters of English for one. */
const charactersPerToken = 5;
const smallestChunk = 128;

/** Tokens per chunk: the wanted number, halved for a text that is too short for two such chunks. */
export function chunkTokens(text: string, wanted: number): number {
  let tokens = wanted;
  while (tokens > smallestChunk && text.length < 2 * tokens * charactersPerToken) tokens = Math.floor(tokens / 2);
  return tokens;
}
