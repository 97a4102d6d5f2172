import { leastImportant } from "../../src/core/pruning/leastImportant";
import { defaultTargets } from "../../src/core/training/adapterFile";
import { type AdapterSettings, type BlockRanking, type GptqType, gptqTypes } from "../../src/protocol/compression";
import type { PruneStep, RecipeStep } from "../../src/protocol/recipe";

export const firstAdapter: AdapterSettings = { rank: 8, alpha: 16, targets: defaultTargets };

/** A step of a kind with settings that are a good start. */
export function newStep(kind: RecipeStep["kind"]): RecipeStep {
  switch (kind) {
    case "prune": return { kind, blocks: { least: 1, by: "influence" } };
    case "sparsify": return { kind, method: "wanda", sparsity: 0.5 };
    case "quantize": return { kind, level: "Q4_K_M", imatrix: true };
    case "distil": return { kind, adapter: firstAdapter };
    case "lora": return { kind, adapter: firstAdapter };
    case "merge": return { kind, adapter: "", scale: 1 };
  }
  return kind satisfies never;
}

/** With the change made; what became undefined is left out, as in a recipe's file. */
export function edited<T extends object>(value: T, change: { readonly [K in keyof T]?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries({ ...value, ...change }).filter(([, kept]) => kept !== undefined)) as T;
}

export function isGptqType(level: string): level is GptqType {
  return gptqTypes.some((type) => type === level);
}

/** Which blocks a step leaves out; undefined where that needs a ranking that is not made yet. */
export function droppedBlocks({ blocks }: PruneStep, ranking: BlockRanking | undefined): readonly number[] | undefined {
  if (blocks === undefined) return [];
  if (isChosen(blocks)) return blocks;
  const known = ranking && blocks.least < ranking.blocks.length && (blocks.by === "influence" || ranking.blocks.every(({ without }) => without));
  return known ? leastImportant(ranking, blocks.least, blocks.by) : undefined;
}

/** The step with a block dropped that was kept, or kept that was dropped. The last block cannot go. */
export function toggledBlock(step: PruneStep, block: number, ranking: BlockRanking, all: number): PruneStep {
  const dropped = droppedBlocks(step, ranking) ?? [];
  const next = dropped.includes(block) ? dropped.filter((other) => other !== block) : [...dropped, block].sort((a, b) => a - b);
  if (next.length >= all) return step;
  return edited(step, { blocks: next.length > 0 ? next : undefined });
}

export function isChosen(blocks: NonNullable<PruneStep["blocks"]>): blocks is readonly number[] {
  return Array.isArray(blocks);
}
