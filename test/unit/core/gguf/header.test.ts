import { describe, expect, it } from "vitest";
import { type GgufHeader, bitsPerWeight, checkComplete, describeModel, familyOfName, hyperparameter, parameterCount, tensorInfo } from "../../../../src/core/gguf/header";

const header: GgufHeader = {
  version: 3,
  metadata: { "general.architecture": "llama", "general.file_type": 15, "llama.context_length": 512, "llama.attention.head_count": [4, 8] },
  // 256 × 2 weights in Q4_K: 2 blocks of 144 bytes; 256 in F32: 1,024 bytes, padded start at 288.
  tensors: [tensorInfo("a", 12, [256, 2], 0), tensorInfo("norm", 0, [256], 288)],
  dataOffset: 1000,
};

describe("GGUF header", () => {
  it("sizes tensors by their blocks", () => {
    expect(header.tensors.map(({ type, bytes }) => [type, bytes])).toEqual([["Q4_K", 288], ["F32", 1024]]);
    expect(parameterCount(header)).toBe(768);
    expect(bitsPerWeight(header)).toBeCloseTo((8 * (288 + 1024)) / 768, 10);
  });

  it("refuses types and rows that ggml does not have", () => {
    expect(() => tensorInfo("x", 999, [256], 0)).toThrow(/storage type 999/);
    expect(() => tensorInfo("x", 12, [100], 0)).toThrow(/rows of 100 weights/);
    expect(() => tensorInfo("x", 0, [2 ** 31, 2 ** 31], 0)).toThrow(/damaged/);
  });

  it("tells a file that ends before its tensors do", () => {
    expect(() => checkComplete(header, 1000 + 288 + 1024)).not.toThrow();
    expect(() => checkComplete(header, 1000 + 288 + 1023)).toThrow(/cut off/);
  });

  it("describes a model by its header", () => {
    expect(describeModel("/m/Llama-3-8B-Q4_K_M.gguf", header, 5000)).toEqual({
      path: "/m/Llama-3-8B-Q4_K_M.gguf", family: "Llama-3-8B", type: "Q4_K_M", bytes: 5000, parameters: 768, architecture: "llama", contextLength: 512,
    });
    expect(hyperparameter(header, "attention.head_count")).toBe(8);
  });

  it.each([
    ["contracts-4m-F16.gguf", "contracts-4m"],
    ["Meta-Llama-3.1-8B-Instruct.Q5_K_M.gguf", "Meta-Llama-3.1-8B-Instruct"],
    ["qwen2.5-0.5b-instruct-fp16.gguf", "qwen2.5-0.5b-instruct"],
    ["Mixtral-8x7B-IQ3_XXS-00001-of-00005.gguf", "Mixtral-8x7B"],
    ["gemma-2b.gguf", "gemma-2b"],
    ["C:\\models\\phi-bf16.GGUF", "phi"],
  ])("family of %s is %s", (name, family) => {
    expect(familyOfName(name)).toBe(family);
  });
});
