import { describe, expect, it } from "vitest";
import { tensorPatterns } from "../../../../src/runtime/compression/tensorPatterns";

describe("tensorPatterns", () => {
  const types = new Map([
    ["token_embd.weight", "Q6_K"], ["blk.0.attn_v.weight", "Q6_K"], ["blk.1.attn_v.weight", "Q4_K"], ["blk.10.attn_v.weight", "Q6_K"],
    ["blk.1.attn_q.weight", "Q4_K"], ["odd(1)+name", "Q8_0"],
  ]);

  it("has one pattern for each kind of tensor and type", () => {
    expect(tensorPatterns(types)).toEqual([
      { pattern: "^token_embd\\.weight$", type: "Q6_K" },
      { pattern: "^blk\\.(?:0|10)\\.attn_v\\.weight$", type: "Q6_K" },
      { pattern: "^blk\\.(?:1)\\.attn_v\\.weight$", type: "Q4_K" },
      { pattern: "^blk\\.(?:1)\\.attn_q\\.weight$", type: "Q4_K" },
      { pattern: "^odd\\(1\\)\\+name$", type: "Q8_0" },
    ]);
  });

  it("finds each tensor by exactly its own", () => {
    for (const [name, type] of types) {
      expect(tensorPatterns(types).filter(({ pattern }) => new RegExp(pattern).test(name)).map((found) => found.type)).toEqual([type]);
    }
    expect(tensorPatterns(types).some(({ pattern }) => new RegExp(pattern).test("blk.11.attn_v.weight"))).toBe(false);
  });
});
