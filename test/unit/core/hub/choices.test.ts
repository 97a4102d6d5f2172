import { describe, expect, it } from "vitest";
import type { HubFile } from "../../../../src/protocol/hub";
import { choicesOf } from "../../../../src/core/hub/choices";
import { chosenOf } from "../../../../src/core/hub/chosen";
import { levelOfName } from "../../../../src/core/hub/levelOfName";
import { quantizationLabel, quantizationOf } from "../../../../src/core/hub/quantization";

const none = { weightTypes: [] };
const files = (...paths: readonly string[]): HubFile[] => paths.map((path, index) => ({ path, bytes: 100 + index }));
const labels = (...paths: readonly string[]) => choicesOf(files(...paths), none).map(({ label, role, problem }) => [label, role, problem !== undefined]);

describe("the level that a name tells", () => {
  it.each([
    ["Llama-3.2-1B-Instruct-Q4_K_M.gguf", "Q4_K_M", "Q4_K_M"],
    ["mistral-7b-instruct-v0.2.Q5_K_S.gguf", "Q5_K_S", "Q5_K_S"],
    ["qwen2.5-0.5b-instruct-q8_0.gguf", "Q8_0", "Q8_0"],
    ["Phi-3-mini-4k-instruct-q4.gguf", "Q4", "Q4_K_M"],
    ["Qwen3-4B-UD-Q4_K_XL.gguf", "UD-Q4_K_XL", "unknown"],
    ["model-IQ2_XXS.gguf", "IQ2_XXS", "IQ2_XXS"],
    ["gemma-3-1b-it-BF16.gguf", "BF16", "BF16"],
    ["model_fp16.gguf", "FP16", "F16"],
    ["model-Q4_0_4_4.gguf", "Q4_0_4_4", "unknown"],
    ["gpt-oss-20b-MXFP4.gguf", "MXFP4", "MXFP4_MOE"],
    ["Llama-Q8_0-to-Q4_0.gguf", "Q4_0", "Q4_0"],
    ["Q6_K/model-00001-of-00002.gguf", "Q6_K", "Q6_K"],
  ])("%s", (path, text, level) => expect(levelOfName(path)).toEqual({ text, level }));

  it.each(["model.gguf", "qwen2-7b.gguf", "Q-Learning.gguf", "f16x.gguf"])("none in %s", (path) => expect(levelOfName(path)).toBeUndefined());
});

describe("choices", () => {
  it("puts the parts of a split model together, and tells names of one level apart", () => {
    expect(labels("a-Q4_0-00001-of-00002.gguf", "a-Q4_0-00002-of-00002.gguf", "b/x-Q8_0.gguf", "c/x-Q8_0.gguf", "plain.gguf")).toEqual([
      ["Q8_0 (b/x-Q8_0.gguf)", "model", false], ["Q8_0 (c/x-Q8_0.gguf)", "model", false], ["plain", "model", false], ["Q4_0 in 2 parts", "model", false],
    ]);
  });

  it("knows projectors, adapters and importance matrices", () => {
    expect(labels("mmproj-model-f16.gguf", "story-lora-F16.gguf", "imatrix_unsloth.gguf", "m.imatrix.gguf", "m-imatrix.gguf", "m-Q4_K_M-imatrix.gguf", "m.imatrix", "colora-Q4_0.gguf")).toEqual([
      ["Q4_K_M", "model", false], ["Q4_0", "model", false], ["Projector F16", "projector", false], ["Adapter F16", "adapter", false],
    ]);
  });

  it("says which part is missing, and takes numbers that make no sense for names", () => {
    const problems = (...paths: readonly string[]) => choicesOf(files(...paths), none).map(({ problem }) => problem);
    expect(problems("a-00001-of-00003.gguf", "a-00003-of-00003.gguf")).toEqual(["Part 2 of 3 is missing in the repository."]);
    expect(problems("a-00001-of-00001.gguf", "a-00002-of-00001.gguf", "b-00000-of-00000.gguf")).toEqual([undefined, undefined, undefined]);
  });

  it("does not fetch what a disk could not keep apart", () => {
    const problems = (...paths: readonly string[]) => choicesOf(files(...paths), none).map(({ id, problem }) => [id, problem]);
    const sentence = "The repository has a-q4_0.gguf and A-Q4_0.gguf: many disks cannot keep these names apart, so it is not fetched.";
    expect(problems("A-Q4_0.gguf", "a-q4_0.gguf", "b/A-Q4_0.gguf")).toEqual([["A-Q4_0.gguf", undefined], ["b/A-Q4_0.gguf", undefined], ["a-q4_0.gguf", sentence]]);
    expect(problems("model.safetensors", "config.json", "LICENSE", "License")[0]?.[1]).toMatch(/has License and LICENSE/);
    expect(problems("\u00e9-Q4_0.gguf", "e\u0301-Q4_0.gguf").filter(([, problem]) => problem)).toHaveLength(1);
  });

  it("stays quick with a hostile list", () => {
    const many = Array.from({ length: 20_000 }, (_, index) => ({ path: `a-${String(index + 1).padStart(5, "0")}-of-99999.gguf`, bytes: Number.MAX_SAFE_INTEGER }));
    const before = performance.now();
    expect(choicesOf(many, none)).toHaveLength(1);
    expect(performance.now() - before).toBeLessThan(4000);
  });

  it("takes transformers' own weights of a checkpoint", () => {
    const paths = (...names: string[]) => choicesOf(files("config.json", ...names), none)[0]?.files.map(({ path }) => path);
    expect(paths("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "consolidated.safetensors", "model.safetensors.index.json"))
      .toEqual(["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "config.json", "model.safetensors.index.json"]);
    expect(paths("gptq_model-4bit-128g.safetensors", "pytorch_model.bin", "tokenizer.model", "onnx/model.onnx")).toEqual(["gptq_model-4bit-128g.safetensors", "config.json", "tokenizer.model"]);
    expect(paths("adapter_model.safetensors")).toBeUndefined();
    expect(choicesOf(files("model.safetensors"), none)[0]?.problem).toMatch(/no config.json/);
  });
});

describe("what a checkpoint is quantized with", () => {
  it("is read from its configuration, an older one, or the tags", () => {
    expect(quantizationOf({ quantization_config: { quant_method: "gptq", bits: 3, group_size: -1, desc_act: false } }, undefined, [])).toEqual({ method: "gptq", bits: 3, groupSize: -1, actOrder: false });
    expect(quantizationOf({}, { bits: 8, group_size: 32, desc_act: true }, [])).toEqual({ method: "gptq", bits: 8, groupSize: 32, actOrder: true });
    expect(quantizationOf(undefined, undefined, ["awq"])?.method).toBe("awq");
    expect(quantizationOf({ quantization_config: "yes" }, 5, [])).toBeUndefined();
    expect(quantizationOf({ quantization_config: { quant_method: "<b>" } }, undefined, [])?.method).toBe("unnamed");
  });

  it("is told in a few words", () => {
    expect(quantizationLabel({ method: "gptq", bits: 4, groupSize: 128, actOrder: true })).toBe("GPTQ 4-bit, groups of 128, act-order");
    expect(quantizationLabel({ method: "gptq", bits: 8, groupSize: -1 })).toBe("GPTQ 8-bit");
    expect(quantizationLabel({ method: "fp8" })).toBe("FP8");
  });
});

describe("choosing", () => {
  const model = { id: "a/b", format: "gguf", downloads: 0, likes: 0, gated: false } as const;
  const details = { model, revision: "", choices: choicesOf(files("m-Q4_K_M.gguf", "m-Q8_0-00001-of-00002.gguf", "m-Q8_0-00002-of-00002.gguf", "m-UD-Q4_K_XL.gguf", "mmproj-Q8_0.gguf"), none) };
  const id = (wish: { level?: string; file?: string }): string => chosenOf(details, wish).id;

  it("by level, label, file or folder-less name", () => {
    expect(id({ level: "q4" })).toBe("m-Q4_K_M.gguf");
    expect(id({ level: "int8" })).toBe("m-Q8_0-00001-of-00002.gguf");
    expect(id({ level: "ud-q4_k_xl" })).toBe("m-UD-Q4_K_XL.gguf");
    expect(id({ file: "m-Q8_0-00002-of-00002.gguf" })).toBe("m-Q8_0-00001-of-00002.gguf");
    expect(id({ file: "mmproj-Q8_0.gguf" })).toBe("mmproj-Q8_0.gguf");
  });

  it("says what there is", () => {
    expect(() => id({})).toThrow(/^a\/b has several: say one with --level or --file\. It has Q4_K_M \(m-Q4_K_M\.gguf\), UD-Q4_K_XL/);
    expect(() => id({ level: "Q2_K" })).toThrow('a/b has no "Q2_K"');
    expect(() => chosenOf({ ...details, choices: choicesOf(files("m-Q8_0-00001-of-00002.gguf"), none) }, {})).toThrow("a/b has no model that can be used: Part 2 of 2 is missing in the repository. It has Q8_0 (m-Q8_0-00001-of-00002.gguf).");
    expect(() => chosenOf({ ...details, choices: choicesOf(files("a/m-Q4_K_M.gguf", "b/m-Q4_K_M.gguf"), none) }, {})).toThrow(/It has Q4_K_M \(a\/m-Q4_K_M\.gguf\), Q4_K_M \(b\/m-Q4_K_M\.gguf\)\.$/);
    expect(() => id({ level: "Q8_0", file: "x" })).toThrow("Say either");
    expect(() => chosenOf({ ...details, choices: [] }, {})).toThrow("no GGUF files and no safetensors checkpoint");
  });
});
