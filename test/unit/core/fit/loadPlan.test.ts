import { describe, expect, it } from "vitest";
import { planLoad, type PlannedModel } from "../../../../src/core/fit/loadPlan";
import { totalNeed } from "../../../../src/core/fit/memory";
import { knownModel } from "../../../../src/core/fit/shapes";
import type { Machine } from "../../../../src/protocol/model";

const GB = 1024 ** 3;
const { shape } = knownModel("llama3-8b")!;
/** Llama 3 8B at Q4_K_M: a cache of 128 KiB a token as F16, so 1 GiB for 8,192. */
const llama: PlannedModel = { name: "llama Q4_K_M", weights: 4.6 * GB, shape, contextLength: 8192 };
const machine = (free: number, total = 64, video = 0, freeVideo = video): Machine => ({
  totalMemory: total * GB, freeMemory: free * GB, totalVideoMemory: video * GB, freeVideoMemory: freeVideo * GB, gpuName: "", cores: 8,
});

describe("planning a load", () => {
  it("takes what is wished for, at most what the model was trained for", () => {
    expect(planLoad(llama, machine(32), { contextSize: 6144 })).toMatchObject({ contextSize: 6144, cacheType: "F16", gpuLayers: 0, layers: 33 });
    const capped = planLoad(llama, machine(32), { contextSize: 100_000 });
    expect(capped.contextSize).toBe(8192);
    const untold = (asked?: number): string | undefined => planLoad({ ...llama, contextLength: 0 }, machine(32), { contextSize: asked }).reasons[0];
    expect([untold(), untold(8192), untold(1024)]).toEqual([
      "Context: 2,048 tokens, as the header does not tell what the model was trained for.",
      "Context: 2,048 tokens, as the header does not tell what the model was trained for; you wish for 8,192.",
      "Context: 1,024 tokens, as you set it.",
    ]);
    expect(capped.reasons[0]).toBe("Context: 8,192 tokens, as the model was trained for no more; you wish for 100,000.");
    expect(planLoad(llama, machine(32)).contextSize).toBe(4096);
    expect(planLoad({ ...llama, contextLength: 0 }, machine(32), { contextSize: 8192 }).contextSize).toBe(2048);
    expect(planLoad(llama, machine(32), { contextSize: 1 }).contextSize).toBe(256);
  });

  it("shrinks the context to what is free, then the cache, and says the numbers", () => {
    // Room of 5.6 GiB: 1 GiB beside the weights, 0.26 of it for the buffers.
    const shrunk = planLoad(llama, machine(6.6), { contextSize: 8192 });
    expect(shrunk.cacheType).toBe("F16");
    expect(shrunk.contextSize % 256).toBe(0);
    expect(totalNeed(shrunk.need)).toBeLessThanOrEqual(5.6 * GB);
    expect(totalNeed(planLoad(llama, machine(64), { contextSize: shrunk.contextSize + 256 }).need)).toBeGreaterThan(5.6 * GB);
    expect(planLoad(llama, machine(6.4), { contextSize: 8192 }).contextSize).toBeLessThan(shrunk.contextSize);
    expect(shrunk.reasons[0]).toMatch(/^Context: [\d,]+ tokens, of the 8,192 that you wish for: with all of them it would need 5\.\d+ GiB, and there is room for 5\.60 GiB\.$/);
    const tight = planLoad(llama, machine(6.05), { contextSize: 8192 });
    expect(tight.cacheType).toBe("Q8_0");
    expect(tight.warning).toBeUndefined();
    expect(tight.reasons[1]).toContain("Q8_0");
    expect(planLoad(llama, machine(6.05), { contextSize: 8192, cacheType: "F16" })).toMatchObject({ cacheType: "F16" });
  });

  it("keeps keys and values as F16 where a head does not divide into blocks of 32", () => {
    // As Phi 2: 32 heads of 80.
    const odd = { ...shape, embedding: 2560, keyWidth: 2560, valueWidth: 2560 };
    const plan = planLoad({ ...llama, weights: 2 * GB, shape: odd }, machine(3.35), { contextSize: 2048 });
    expect([plan.cacheType, plan.contextSize < 2048]).toEqual(["F16", true]);
    expect(planLoad({ ...llama, weights: 2 * GB, shape: { ...odd, heads: 20 } }, machine(3.35), { contextSize: 2048 }).cacheType).toBe("Q8_0");
  });

  it("warns when it does not fit in what is free, and refuses what the machine cannot hold at all", () => {
    const warned = planLoad(llama, machine(3));
    expect(warned.refusal).toBeUndefined();
    expect(warned.warning).toMatch(/^llama Q4_K_M needs about \d\.\d\d GiB of memory, but 3\.00 GiB are free: .* Close other programs, or take a level of at most 1\.\d\d GiB\.$/);
    const refused = planLoad({ ...llama, weights: 40 * GB }, machine(15, 16));
    expect(refused.warning).toBeUndefined();
    expect(refused.refusal).toMatch(/^llama Q4_K_M needs about 40\.\d+ GiB of memory even with 256 tokens of context .* room for 15\.00 GiB\. Take a level of at most 14\.\d+ GiB, or a smaller model\.$/);
  });

  it("counts what the loaded model will give back as free", () => {
    const freed = { memory: 4 * GB, videoMemory: 0 };
    expect(planLoad(llama, machine(3)).warning).toBeDefined();
    const plan = planLoad(llama, machine(3), { contextSize: 4096 }, freed);
    expect(plan.warning).toBeUndefined();
    expect(plan.reasons[3]).toContain("7.00 GiB are free (4.00 GiB of it once the loaded model is unloaded)");
    // Never more than the machine has.
    expect(planLoad({ ...llama, weights: 20 * GB }, machine(10, 16), {}, { memory: 100 * GB, videoMemory: 0 }).refusal).toBeDefined();
  });

  it("puts all layers on the GPU where they fit, with a smaller context before fewer layers", () => {
    expect(planLoad(llama, machine(32, 64, 24), { contextSize: 8192 })).toMatchObject({ gpuLayers: 33, contextSize: 8192 });
    const held = planLoad(llama, machine(32, 64, 24, 6), { contextSize: 8192 });
    expect(held.gpuLayers).toBe(33);
    expect(held.contextSize).toBeLessThan(8192);
    const partial = planLoad(llama, machine(32, 64, 24, 4), { contextSize: 8192 });
    expect(partial).toMatchObject({ contextSize: 8192, cacheType: "F16" });
    expect(partial.gpuLayers).toBeGreaterThan(10);
    expect(partial.gpuLayers).toBeLessThan(33);
    expect(partial.reasons[2]).toMatch(/^\d+ of 33 layers are on the GPU \(\d\.\d\d GiB\), since 3\.50 GiB of video memory can be used; the rest stays in RAM\.$/);
    expect(planLoad(llama, machine(32, 64, 24), { gpuLayers: 0 })).toMatchObject({ gpuLayers: 0 });
    expect(planLoad(llama, machine(32, 64, 24), { gpuLayers: 10 })).toMatchObject({ gpuLayers: 10 });
    expect(planLoad(llama, machine(32, 64, 24, 4), { gpuLayers: 99 }).reasons[2]).toContain("not 99 as you set it");
  });

  it("counts memory that the GPU shares with the processor once", () => {
    const unified = (total: number, video: number): Machine => ({ ...machine(total, total, video), unifiedMemory: video * GB });
    expect(planLoad(llama, unified(16, 11), { contextSize: 8192 })).toMatchObject({ gpuLayers: 33 });
    expect(planLoad({ ...llama, weights: 18 * GB }, unified(16, 11)).refusal).toBeDefined();
    expect(planLoad({ ...llama, weights: 18 * GB }, machine(16, 16, 11)).refusal).toBeUndefined();
  });

  it("stays a plan of numbers and sentences whatever a header or a driver says", () => {
    const odd = [Number.NaN, -1, 0, Number.POSITIVE_INFINITY, 1e300];
    for (const bad of odd) {
      const shapes = { ...shape, blocks: bad, keyWidth: bad, vocabulary: bad };
      for (const here of [machine(8), { ...machine(bad, 16, 8, bad), totalVideoMemory: bad }]) {
        const plan = planLoad({ weights: bad, shape: shapes, contextLength: bad }, here, { contextSize: bad, gpuLayers: bad });
        const numbers = [plan.contextSize, plan.gpuLayers, plan.need.weights, plan.need.cache, plan.need.compute];
        expect(numbers.every((number) => Number.isFinite(number) && number >= 0), JSON.stringify([bad, plan])).toBe(true);
        expect(plan.contextSize).toBeGreaterThanOrEqual(256);
        expect([...plan.reasons, plan.warning, plan.refusal].join(" ")).not.toMatch(/NaN|Infinity|undefined/);
      }
    }
  });
});
