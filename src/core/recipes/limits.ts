import type { Range } from "./fields";

/** What a recipe, a training and an adapter may be told: by a file, a command or the panel. media/schemas/recipe.schema.json says the same. */
export const mostSteps = 20;
export const longestName = 100;
export const longestPath = 1024;
/** llama.cpp's LLAMA_MAX_LAYERS. */
export const mostBlocks = 512;
export const mostTargets = 32;
export const targetName = /^[a-z][a-z0-9_]{0,63}$/;
const share: Range = { from: 0, to: 1 };

export const ranges = {
  seed: { from: 0, to: 2 ** 32 - 1, whole: true },
  block: { from: 0, to: mostBlocks - 1, whole: true },
  least: { from: 1, to: mostBlocks, whole: true },
  feedForward: { from: 0, above: true, to: 1 },
  sparsity: { from: 0, above: true, to: 1, below: true },
  /** 0 would change nothing. */
  scale: { from: -100, to: 100, nonzero: true },
  rank: { from: 1, to: 1024, whole: true },
  alpha: { from: 0, above: true, to: 10_000 },
  maxKl: { from: 0, above: true, to: 100 },
  maxPerplexity: { from: 0, above: true, to: 1000 },
  share,
  context: { from: 2, to: 131_072, whole: true },
  piece: { from: 1, to: 131_072, whole: true },
  epochs: { from: 1, to: 1000, whole: true },
  learningRate: { from: 1e-10, to: 1 },
  temperature: { from: 0.01, to: 100 },
  validationShare: { from: 0, to: 0.9 },
  steps: { from: 1, to: 1_000_000, whole: true },
} as const satisfies Readonly<Record<string, Range>>;
