import { describe, expect, it } from "vitest";
import { partialPathOf } from "../../../../src/core/compression/partialPath";
import { quantLevels, quantTypeOfFtype, resolveQuantType } from "../../../../src/core/gguf/quantLevels";
import { quantTypes } from "../../../../src/protocol/model";

describe("quantization levels", () => {
  it("have numbers of their own, which lead back to them", () => {
    for (const type of quantTypes) expect(quantTypeOfFtype(quantLevels[type].ftype)).toBe(type);
    expect(new Set(quantTypes.map((type) => quantLevels[type].ftype)).size).toBe(quantTypes.length);
  });

  it("have one plain line of advice each", () => {
    for (const type of quantTypes) expect(quantLevels[type].advice).toMatch(/^.{20,95}\.$/);
  });

  it("are unknown for numbers that no file of this release carries", () => {
    expect([4, 33, 1024, -1].map(quantTypeOfFtype)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it.each([
    ["q4_k_m", "Q4_K_M"], ["Q8_0", "Q8_0"], ["INT8", "Q8_0"], ["int4", "Q4_0"], ["fp16", "F16"], ["q4_k", "Q4_K_M"],
    [" q5-k-s ", "Q5_K_S"], ["mxfp4", "MXFP4_MOE"], ["bf16", "BF16"],
  ])("understands %s as %s", (text, type) => {
    expect(resolveQuantType(text)).toBe(type);
  });

  it.each(["", "Q9", "toString", "4"])("does not guess at %o", (text) => {
    expect(resolveQuantType(text)).toBeUndefined();
  });
});

it("a partial file lies beside the output", () => {
  expect(partialPathOf("/models/a-Q4_0.gguf")).toBe("/models/a-Q4_0.gguf.partial");
});
