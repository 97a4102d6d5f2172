import { describe, expect, it } from "vitest";
import { type AdviceRow, adviseLevel } from "../../../../src/core/fit/advice";
import { fitOf } from "../../../../src/core/fit/fit";
import { memoryNeed, totalNeed } from "../../../../src/core/fit/memory";
import type { Machine, QuantType } from "../../../../src/protocol/model";

const GiB = 1024 ** 3;
const machine: Machine = { totalMemory: 16 * GiB, freeMemory: 8 * GiB, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 8 };
/** Llama 3 8B: 32 blocks, 8 KV heads of 128. */
const llama3 = { blocks: 32, embedding: 4096, feedForward: 14336, heads: 32, keyWidth: 1024, valueWidth: 1024, vocabulary: 128256 };

describe("memory", () => {
  it("counts the KV cache of Llama 3 8B at 8,192 tokens as 1 GiB", () => {
    expect(memoryNeed(0, llama3, 8192).cache).toBe(GiB);
  });

  it("grows with the context", () => {
    expect(totalNeed(memoryNeed(5 * GiB, llama3, 16384))).toBeGreaterThan(totalNeed(memoryNeed(5 * GiB, llama3, 4096)));
  });
});

describe("fit", () => {
  const need = (gib: number) => ({ weights: gib * GiB, cache: 0, compute: 0 });
  it("tells RAM, tight and too large apart", () => {
    expect(fitOf(need(8), machine)).toBe("ram");
    expect(fitOf(need(13), machine)).toBe("tight");
    expect(fitOf(need(15), machine)).toBe("no");
  });
  it("prefers the GPU", () => {
    expect(fitOf(need(6), { ...machine, totalVideoMemory: 8 * GiB })).toBe("gpu");
    expect(fitOf(need(7.5), { ...machine, totalVideoMemory: 8 * GiB })).toBe("ram");
  });
});

describe("advice", () => {
  const row = (type: QuantType, gib: number, kl: number, agreement: number, fit: AdviceRow["fit"] = "ram"): AdviceRow => ({
    type, bytes: gib * GiB, fit,
    measured: {
      path: "", type, bytes: gib * GiB, bitsPerWeight: 0, perplexity: { value: 6, error: 0.1 },
      kl: { mean: kl, error: 0, median: kl, p99: kl }, top1Agreement: agreement, promptTokensPerSecond: 1, generationTokensPerSecond: 1, chunks: 1,
    },
  });
  const base = { type: "F16", bytes: 16 * GiB };

  it("takes the smallest level that is close enough and fits", () => {
    const advice = adviseLevel(base, [row("Q8_0", 8, 0.001, 0.99), row("Q5_K_M", 5, 0.01, 0.97), row("Q4_K_M", 4, 0.03, 0.92)], "contract.md");
    expect(advice?.type).toBe("Q5_K_M");
    expect(advice?.sentence).toBe("It is 69 % smaller than F16, fits in memory, and chose the same next word as the original 97 times in 100 on contract.md.");
    expect(advice?.alternative).toBe("Q4_K_M would save 1.0 GiB more at 3.0 times the difference (KL 0.030 against 0.010).");
  });

  it("passes over what does not fit", () => {
    expect(adviseLevel(base, [row("Q8_0", 8, 0.001, 0.99, "no"), row("Q4_K_M", 4, 0.03, 0.92)], "x")?.type).toBe("Q4_K_M");
  });

  it("says nothing before anything that fits is measured", () => {
    expect(adviseLevel(base, [], "x")).toBeUndefined();
    expect(adviseLevel(base, [row("Q8_0", 8, 0.001, 0.99, "no")], "x")).toBeUndefined();
  });
});
