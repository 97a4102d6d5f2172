import { describe, expect, it } from "vitest";
import { tensorCosts, uncalibratedKl } from "../../../../src/core/evaluation/quantError";
import type { TensorErrors } from "../../../../src/protocol/model";

const tensor = (name: string, errors: Record<string, number>): TensorErrors => ({ name, shape: [256, 256], type: "F16", bytes: 131072, errors });
/** Five blocks, so that the depth counts as one. */
const last = tensor("blk.4.attn_q.weight", { Q4_0: 0.01 });

describe("cost of a rounded tensor", () => {
  it("is its error times the sensitivity of its role, plus what rounded activations cost", () => {
    const down = tensor("blk.0.ffn_down.weight", { Q4_0: 0.01, Q4_K: 0.005 });
    const cost = tensorCosts([down, last]);
    expect(cost(down, "Q4_0")).toBeCloseTo(0.089 * 0.01 + 2.5e-6, 12);
    expect(cost(down, "Q4_K")).toBeCloseTo(0.089 * 0.005 + 1e-5, 12);
    expect(cost(down, "F16")).toBe(0);
    expect(cost(down, "IQ1_S")).toBeUndefined();
  });

  it("takes the error of types that are slow to sample for a multiple of Q2_K's", () => {
    const up = tensor("blk.4.ffn_up.weight", { Q2_K: 0.1 });
    expect(tensorCosts([up])(up, "IQ2_XS")).toBeCloseTo(0.106 * 0.123 + 1e-5, 12);
    expect(tensorCosts([last])(last, "IQ2_XS")).toBeUndefined();
  });

  it("counts an embedding twice where it is the output matrix too", () => {
    const embedding = tensor("token_embd.weight", { Q4_0: 0.01 });
    const output = tensor("output.weight", { Q4_0: 0.01 });
    expect(tensorCosts([embedding, last])(embedding, "Q4_0")).toBeCloseTo(0.0092, 4);
    expect(tensorCosts([embedding, output, last])(embedding, "Q4_0")).toBeCloseTo(0.0034, 4);
    expect(tensorCosts([embedding, output, last])(output, "Q4_0")).toBeCloseTo(0.0061, 4);
  });

  it("falls with the number of blocks", () => {
    const [five, eighty] = [4, 79].map((block) => {
      const own = tensor(`blk.${block}.ffn_up.weight`, { Q4_0: 1 });
      return tensorCosts([own])(own, "Q4_0")!;
    });
    // (5 / 80)^0.4
    expect(eighty! / five!).toBeCloseTo(0.3299, 3);
  });
});

describe("KL divergence expected of a version", () => {
  it("is the sum over its tensors, each in its own type", () => {
    const down = tensor("blk.0.ffn_down.weight", { Q8_0: 1e-4, Q4_0: 0.01 });
    const kl = uncalibratedKl([down, last], { "blk.0.ffn_down.weight": "Q8_0", "blk.4.attn_q.weight": "Q4_0" });
    expect(kl).toBeCloseTo(0.089 * 1e-4 + 0.02 * 0.01 + 5e-6, 12);
    expect(uncalibratedKl([down, last], {})).toBe(0);
    expect(uncalibratedKl([down, last], { "blk.0.ffn_down.weight": "Q2_K" })).toBeUndefined();
  });
});
