import { describe, expect, it } from "vitest";
import type { QuantSize, Recipe, TensorErrors } from "../../../../src/protocol/model";
import { findMix, type MixQuestion } from "../../../../src/services/tradeoffs/mixes";

/** A tensor of 256 × 256 weights whose error falls by four with every bit. */
const tensor = (name: string, scale: number): TensorErrors => ({
  name, shape: [256, 256], type: "F16", bytes: 131072,
  errors: { Q8_0: scale / 4 ** 8, Q6_K: scale / 4 ** 6, Q5_K: scale / 4 ** 5, Q4_K: scale / 4 ** 4, Q3_K: scale / 4 ** 3, Q2_K: scale / 4 ** 2 },
});
/** Bytes of 65,536 weights. */
const bytes = { Q8_0: 69632, Q6_K: 53760, Q5_K: 45056, Q4_K: 36864, Q3_K: 28160, Q2_K: 21504 } as const;
const overhead = 1000;
const errors = [tensor("blk.0.ffn_down.weight", 1), tensor("blk.4.attn_q.weight", 1)];

function question(goal: MixQuestion["goal"], standards: MixQuestion["standards"] = []): MixQuestion {
  return {
    goal, errors, standards, originalBytes: 262_144,
    forecast: (cost) => ({ value: cost, low: cost / 2, high: cost * 2 }),
    size: async ({ type, tensorTypes }: Recipe): Promise<QuantSize> => {
      const sum = Object.values(tensorTypes ?? {}).reduce((total, name) => total + bytes[name as keyof typeof bytes], overhead);
      return { type, bytes: sum, bitsPerWeight: (8 * sum) / 131072, fallbacks: 0, tensorTypes };
    },
  };
}

describe("a mix for a budget", () => {
  it("gives the sensitive tensor more bits than the other, within the file's whole size", async () => {
    const { recipe, size, label } = await findMix(question({ kind: "bytes", bytes: 75_000 }));
    // Both in Q4_K would be 74,728 with the overhead; ffn_down is more than four times as sensitive as attn_q.
    expect(recipe.tensorTypes).toEqual({ "blk.0.ffn_down.weight": "Q5_K", "blk.4.attn_q.weight": "Q3_K" });
    expect(size.bytes).toBe(45056 + 28160 + overhead);
    expect(label).toBe("Mix 72.5 KiB");
  });

  it("leaves room for what the file has beside the mixed tensors, however the sizes fall", async () => {
    // One byte less than the mix above takes with the overhead.
    const { size } = await findMix(question({ kind: "bytes", bytes: 45056 + 28160 + overhead - 1 }));
    expect(size.bytes).toBeLessThan(45056 + 28160 + overhead);
    expect(size.bytes).toBeGreaterThan(60_000);
  });

  it("does not mix what fits as it is", async () => {
    await expect(findMix(question({ kind: "bytes", bytes: 300_000 }))).rejects.toThrow(/^The original is 256.0 KiB large and fits into 293.0 KiB as it is/);
  });

  it("is the smallest within a loss", async () => {
    const { recipe, kl } = await findMix(question({ kind: "kl", kl: 0.0005 }));
    expect(kl.value).toBeLessThanOrEqual(0.0005);
    // 0.089 / 4^5 + 0.02 / 4^3 and twice 1e-5 are 0.00042; both in Q4_K would lose 0.00045 and be larger.
    expect(recipe.tensorTypes).toEqual({ "blk.0.ffn_down.weight": "Q5_K", "blk.4.attn_q.weight": "Q3_K" });
  });

  it("says what the least is when the budget is too small", async () => {
    await expect(findMix(question({ kind: "bytes", bytes: 40_000 }))).rejects.toThrow(/^No mix is as small as 39.1 KiB: with the smallest types the weights alone take 42.0 KiB/);
  });

  it("says so when every version loses too much", async () => {
    await expect(findMix(question({ kind: "kl", kl: 1e-7 }))).rejects.toThrow(/Every quantized version is expected to lose more than 1e-7/);
  });

  it("offers the standard level when no mix beats it", async () => {
    const q4: QuantSize = { type: "Q4_K_M", bytes: 74_000, bitsPerWeight: 4.5, fallbacks: 0 };
    await expect(findMix(question({ kind: "bytes", bytes: 75_000 }, [{ label: "Q4_K_M", size: q4, kl: 1e-6 }]))).rejects.toThrow(/^Q4_K_M \(72.3 KiB, KL 0.0000010\) is expected to do no worse than any mix/);
    await expect(findMix(question({ kind: "bytes", bytes: 75_000 }, [{ label: "Q4_K_M", size: q4, kl: 1 }]))).resolves.toMatchObject({ recipe: { type: "Q4_K_M" } });
  });
});
