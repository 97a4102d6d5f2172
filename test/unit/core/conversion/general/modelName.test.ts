import { describe, expect, it } from "vitest";
import { namePartsOf, sizeLabelOf, titleOf } from "../../../../../src/core/conversion/general/modelName";

describe("namePartsOf", () => {
  /** What get_model_id_components of gguf-py answers (the examples of its tests, gguf-py/tests/test_metadata.py). */
  it.each([
    ["Mistral/Mixtral-8x7B-Instruct-v0.1", 0, { name: "Mixtral-8x7B-Instruct-v0.1", organization: "Mistral", basename: "Mixtral", finetune: "Instruct", version: "v0.1", sizeLabel: "8x7B" }],
    ["Mixtral", 0, { name: "Mixtral" }],
    ["NousResearch/Meta-Llama-3-8B", 0, { name: "Meta-Llama-3-8B", organization: "NousResearch", basename: "Meta-Llama-3", sizeLabel: "8B" }],
    ["Mistral Nemo 12b", 0, { name: "Mistral Nemo 12b" }],
    ["Qwen1.5-MoE-A2.7B-Chat", 0, { name: "Qwen1.5-MoE-A2.7B-Chat", basename: "Qwen1.5-MoE", finetune: "Chat", sizeLabel: "A2.7B" }],
    ["Qwen2-57B-A14B-Instruct", 0, { name: "Qwen2-57B-A14B-Instruct", basename: "Qwen2", finetune: "Instruct", sizeLabel: "57B-A14B" }],
    ["microsoft/Phi-3-mini-4k-instruct", 4e9, { name: "Phi-3-mini-4k-instruct", organization: "microsoft", basename: "Phi-3", finetune: "4k-instruct", sizeLabel: "mini" }],
    ["bigscience/bloom-7b1-petals", 0, { name: "bloom-7b1-petals", organization: "bigscience", basename: "bloom", finetune: "petals", sizeLabel: "7.1B" }],
    ["SmolLM-135M", 134515008, { name: "SmolLM-135M", basename: "SmolLM", sizeLabel: "135M" }],
    ["./models", 0, { name: "models" }],
    ["", 0, {}],
  ])("%s", (id, parameters, parts) => {
    expect(namePartsOf(id, parameters)).toEqual(parts);
  });
});

it.each([["llama-3.1-8b-instruct", "Llama 3.1 8b Instruct"], ["Qwen2.5-Coder", "Qwen2.5 Coder"], ["phi-v2.1", "Phi v2.1"], ["qwen2.5", "Qwen2.5"]])("the title of %s is %s", (id, title) => {
  expect(titleOf(id)).toBe(title);
});

it.each([[134_515_008, "135M"], [1_235_814_400, "1.2B"], [8_030_261_248, "8.0B"], [70_553_706_496, "71B"], [102_720, "103K"], [999, "1.0K"], [2.5e12, "2.5T"]])("%d parameters are %s", (count, label) => {
  expect(sizeLabelOf(count)).toBe(label);
});
