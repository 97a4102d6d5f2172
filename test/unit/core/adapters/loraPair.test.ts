import { describe, expect, it } from "vitest";
import { loraFactor, loraPairs } from "../../../../src/core/adapters/loraPair";
import type { GgufHeader, TensorInfo } from "../../../../src/core/gguf/header";

function tensor(name: string, ...shape: number[]): TensorInfo {
  return { name, type: "F32", shape, bytes: 4 * shape.reduce((a, b) => a * b, 1), offset: 0 };
}

function header(...tensors: TensorInfo[]): GgufHeader {
  return { version: 3, metadata: {}, tensors, dataOffset: 0 };
}

describe("loraPairs", () => {
  it("knows which half has the rows of the weight", () => {
    const [a, b] = [tensor("blk.0.attn_q.weight.lora_a", 256, 4), tensor("blk.0.attn_q.weight.lora_b", 4, 512)];
    expect(loraPairs(header(a, b))).toEqual([{ name: "blk.0.attn_q.weight", rank: 4, shape: [256, 512, 1], left: b, right: a, lookedUp: false }]);
  });

  it("reads those of a token embedding the other way round", () => {
    const [a, b] = [tensor("token_embd.weight.lora_a", 4, 1000), tensor("token_embd.weight.lora_b", 4, 256)];
    expect(loraPairs(header(a, b))).toEqual([{ name: "token_embd.weight", rank: 4, shape: [256, 1000, 1], left: a, right: b, lookedUp: true }]);
  });

  it("counts experts", () => {
    const [pair] = loraPairs(header(tensor("blk.0.ffn_up_exps.weight.lora_a", 64, 2, 8), tensor("blk.0.ffn_up_exps.weight.lora_b", 2, 96, 8)));
    expect(pair?.shape).toEqual([64, 96, 8]);
  });

  it("passes over what is no half, and refuses halves and misfits", () => {
    expect(loraPairs(header(tensor("blk.0.attn_norm.weight", 256)))).toEqual([]);
    expect(() => loraPairs(header(tensor("x.lora_a", 256, 4)))).toThrow(/one half of its change to “x” is missing/);
    expect(() => loraPairs(header(tensor("x.lora_a", 256, 4), tensor("x.lora_b", 8, 256)))).toThrow(/ranks 8 and 4/);
    expect(() => loraPairs(header(tensor("x.lora_a", 256, 4, 2), tensor("x.lora_b", 4, 256, 3)))).toThrow(/do not fit/);
  });
});

it("divides alpha by the rank, but for an alpha that says nothing", () => {
  expect(loraFactor(32, 16)).toBe(2);
  expect(loraFactor(0, 16)).toBe(1);
});
