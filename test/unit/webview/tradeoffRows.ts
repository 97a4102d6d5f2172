import type { QuantType } from "../../../src/protocol/model";
import type { TradeoffRow, TradeoffsSnapshot } from "../../../src/protocol/panels";

/** A row of the panel: measured when it has a divergence. */
export function level(type: QuantType, bytes: number, kl?: number, more: Partial<TradeoffRow> = {}): TradeoffRow {
  const isBase = more.kind === "base";
  return {
    key: isBase ? "base" : type,
    label: type,
    kind: "level",
    type,
    size: { type, bytes, bitsPerWeight: bytes / 10, fallbacks: 0 },
    status: kl === undefined ? "unmeasured" : "measured",
    ...(kl !== undefined && {
      measured: {
        path: "", type, bytes, bitsPerWeight: 1, perplexity: { value: 6, error: 0.1 }, promptTokensPerSecond: 1, generationTokensPerSecond: 0, chunks: 1,
        ...(!isBase && { kl: { mean: kl, error: kl / 2, median: kl, p99: kl }, top1Agreement: 0.9 }),
      },
    }),
    ...more,
  };
}

export function foretold(type: QuantType, bytes: number, kl: number, more: Partial<TradeoffRow> = {}): TradeoffRow {
  return level(type, bytes, undefined, { forecast: { kl: { value: kl, low: kl / 2, high: kl * 2 }, top1Agreement: { value: 0.95, low: 0.9, high: 0.97 } }, ...more });
}

export const rows: readonly TradeoffRow[] = [level("F16", 160, 0, { kind: "base" }), level("Q8_0", 80, 0.001), level("Q4_K_M", 46, 0.03), level("Q4_0", 47, 0.07), level("Q2_K", 30)];

export const snapshot: TradeoffsSnapshot = {
  model: { path: "/m.gguf", family: "m", type: "F16", bytes: 160, parameters: 1, architecture: "llama", contextLength: 512 },
  machine: { totalMemory: 1, freeMemory: 1, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 1 },
  machineId: "here",
  machines: [{ id: "here", label: "This machine" }],
  context: 512,
  contexts: [512],
  cacheType: "F16",
  text: { name: "t", kind: "bundled", words: 1 },
  task: "analysis",
  stake: "important",
  rows,
  advice: { key: "Q4_K_M", label: "Q4_K_M", sentence: "", foretold: false },
};
