import { describe, expect, it } from "vitest";
import { type AdviceRow, adviseLevel } from "../../../../src/core/fit/advice";
import { placementOf, weightBudget } from "../../../../src/core/fit/placement";
import { knownLevels, knownModel } from "../../../../src/core/fit/shapes";
import { generationBound } from "../../../../src/core/fit/speed";
import { machinePreset } from "../../../../src/core/fit/machines";
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

describe("placement", () => {
  const need = (gib: number) => ({ weights: gib * GiB, cache: 0, compute: 0 });
  it("tells RAM, tight and too large apart", () => {
    expect(placementOf(need(8), 32, machine)).toEqual({ fit: "ram" });
    expect(placementOf(need(13), 32, machine).fit).toBe("tight");
    expect(placementOf(need(15), 32, machine).fit).toBe("no");
  });
  it("puts whole models on the GPU, and as many layers of larger ones as fit", () => {
    const gpu = { ...machine, totalVideoMemory: 8 * GiB };
    expect(placementOf(need(6), 32, gpu)).toEqual({ fit: "gpu", gpuLayers: { fit: 33, all: 33 } });
    // 33 layers of 0.4 GiB, of which 6.8 GiB take 17.
    expect(placementOf(need(13.2), 32, gpu)).toEqual({ fit: "partial", gpuLayers: { fit: 17, all: 33 } });
    expect(placementOf({ weights: 6 * GiB, cache: 0, compute: 7 * GiB }, 32, gpu).gpuLayers?.fit).toBe(0);
  });
  it("leaves for the weights what cache and buffers do not take", () => {
    expect(weightBudget({ cache: GiB, compute: 0 }, { ...machine, totalVideoMemory: 8 * GiB }) / GiB).toBeCloseTo(5.8, 9);
  });
});

describe("known machines and models", () => {
  it("runs Llama 3 8B Q4_K_M on the GPU of a desktop and 70B only partly", () => {
    const desktop = machinePreset("desktop-24-64")!.machine;
    const placed = (id: string) => {
      const model = knownModel(id)!;
      const { bytes } = knownLevels(model).find(({ type }) => type === "Q4_K_M")!;
      const need = memoryNeed(bytes, model.shape, 8192);
      const placement = placementOf(need, model.shape.blocks, desktop);
      return { ...placement, speed: generationBound(need, placement, desktop, model.activeShare)! };
    };
    expect(placed("llama3-8b").fit).toBe("gpu");
    // 4.53 GiB of weights and half of 1 GiB of cache at 1008 GB/s
    expect(placed("llama3-8b").speed).toBeCloseTo(1008e9 / (8.03e9 * 4.85 / 8 + GiB / 2), 6);
    expect(placed("llama3-70b").fit).toBe("partial");
    expect(placed("llama3-70b").speed).toBeLessThan(6);
    expect(placed("mixtral-8x22b").fit).toBe("partial");
    const laptop = machinePreset("laptop-32")!.machine;
    expect(placementOf({ weights: 80 * GiB, cache: 0, compute: 0 }, 56, laptop).fit).toBe("no");
  });
  it("does not foretell a speed without a bandwidth", () => {
    const need = { weights: GiB, cache: 0, compute: 0 };
    expect(generationBound(need, { fit: "ram" }, machine)).toBeUndefined();
    expect(generationBound(need, { fit: "ram" }, { ...machine, memoryBandwidth: 2 * GiB })).toBe(2);
  });
});

describe("advice", () => {
  const row = (key: QuantType, gib: number, kl: number, agreement: number, more: Partial<AdviceRow> = {}): AdviceRow => ({
    key, label: key, bytes: gib * GiB, fit: "ram", kl, agreement, foretold: false, ...more,
  });
  const question = { task: "analysis", stake: "draft", base: { label: "F16", bytes: 16 * GiB }, textName: "contract.md" } as const;
  const rows = [row("Q8_0", 8, 0.001, 0.99), row("Q5_K_M", 5, 0.01, 0.97), row("Q4_K_M", 4, 0.03, 0.92)];

  it("takes the smallest level that is close enough for the task and fits", () => {
    const advice = adviseLevel(question, rows);
    expect(advice?.key).toBe("Q5_K_M");
    expect(advice?.sentence).toBe("For document analysis, it is 69 % smaller than F16, fits in memory, and chose the same next word as the original 97 times in 100 on contract.md.");
    expect(advice?.alternative).toBe("Q4_K_M would save 1.0 GiB more at 3.0 times the difference (KL 0.030 against 0.010).");
    expect(adviseLevel({ ...question, stake: "important" }, rows)?.key).toBe("Q8_0");
    expect(adviseLevel({ ...question, task: "drafting" }, rows)?.key).toBe("Q4_K_M");
  });

  it("passes over what does not fit", () => {
    expect(adviseLevel(question, [row("Q8_0", 8, 0.001, 0.99, { fit: "no" }), row("Q4_K_M", 4, 0.03, 0.92)])?.key).toBe("Q4_K_M");
  });

  it("says when a number was foretold", () => {
    const advice = adviseLevel(question, [row("Q5_K_M", 5, 0.01, 0.96, { foretold: true })]);
    expect(advice?.foretold).toBe(true);
    expect(advice?.sentence).toContain("should choose the same next word as the original at least 96 times in 100");
  });

  it("heeds the measured clause F1 when documents are analysed", () => {
    const labelled = [row("Q8_0", 8, 0.001, 0.99, { clauseF1: 0.61 }), row("Q5_K_M", 5, 0.01, 0.97, { clauseF1: 0.55 })];
    const advice = adviseLevel({ ...question, base: { ...question.base, clauseF1: 0.612 } }, labelled);
    expect(advice?.key).toBe("Q8_0");
    expect(advice?.sentence).toContain("clause F1 of 0.610 against 0.612");
  });

  it("names the closest when none is close enough", () => {
    const advice = adviseLevel({ ...question, stake: "important" }, [row("Q4_K_M", 4, 0.03, 0.92), row("Q2_K", 3, 0.4, 0.7)]);
    expect(advice?.key).toBe("Q4_K_M");
    expect(advice?.sentence).toMatch(/^No level reaches 98 times in 100, which document analysis wants for important work; this one comes closest:/);
  });

  it("says nothing before anything that fits is known", () => {
    expect(adviseLevel(question, [])).toBeUndefined();
    expect(adviseLevel(question, [row("Q8_0", 8, 0.001, 0.99, { fit: "no" })])).toBeUndefined();
  });
});
