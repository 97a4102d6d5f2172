import { describe, expect, it } from "vitest";
import { parseRecipe, recipeText } from "../../../../src/core/recipes/recipeFile";
import { recipePresets } from "../../../../src/core/recipes/presets";
import { nearest } from "../../../../src/core/recipes/nearest";
import { stepDetail, stepTitle } from "../../../../src/core/recipes/stepWords";
import type { RecipeStep } from "../../../../src/protocol/recipe";

const adapter = { rank: 8, alpha: 16, targets: ["attn_q"] };

describe("the words for a step", () => {
  it.each<readonly [RecipeStep, string, string]>([
    [{ kind: "prune", blocks: [2] }, "Prune 1 block", "number 2"],
    [{ kind: "prune", blocks: [2, 5], feedForward: 0.75 }, "Prune 2 blocks and feed-forward to 75 %", "numbers 2, 5"],
    [{ kind: "prune", blocks: { least: 3, by: "influence" } }, "Prune 3 blocks", "the least important by influence"],
    [{ kind: "prune", feedForward: 0.333 }, "Prune feed-forward to 33.3 %", ""],
    [{ kind: "prune", feedForward: 1 }, "Prune nothing", ""],
    [{ kind: "sparsify", method: "wanda", sparsity: 0.5 }, "Make 50 % sparse", "by Wanda"],
    [{ kind: "sparsify", method: "magnitude", sparsity: 0.5, pattern: "2:4" }, "Make 2:4 sparse", "by magnitude"],
    [{ kind: "quantize", level: "Q4_K_M", imatrix: true }, "Quantize to Q4_K_M", "with an importance matrix"],
    [{ kind: "quantize", level: "Q4_0", rounding: "gptq", imatrix: true }, "Quantize to Q4_0 by GPTQ", ""],
    [{ kind: "distil" }, "Distil", "from the original · all weights"],
    [{ kind: "distil", teacher: "/models/big.gguf", adapter, merge: true, settings: { epochs: 1 } }, "Distil an adapter of rank 8", "from big.gguf · alpha 16, 1 kind of matrices · merged · 1 epoch"],
    [{ kind: "lora", adapter, examples: "C:\\chat.jsonl", settings: { epochs: 3 } }, "Train an adapter of rank 8", "on chat.jsonl · alpha 16, 1 kind of matrices · 3 epochs"],
    [{ kind: "merge", adapter: "a/style.gguf", scale: 0.5 }, "Merge style.gguf × 0.5", ""],
    [{ kind: "merge", adapter: "style.gguf", scale: 1 }, "Merge style.gguf", ""],
  ])("%j", (step, title, detail) => {
    expect(stepTitle(step)).toBe(title);
    expect(stepDetail(step)).toBe(detail);
  });
});

describe("presets", () => {
  it("are recipes that can be written and read, under ids of their own", () => {
    for (const preset of recipePresets) expect(parseRecipe(recipeText(preset.recipe("a.gguf")))).toEqual(preset.recipe("a.gguf"));
    expect(new Set(recipePresets.map(({ id }) => id)).size).toBe(recipePresets.length);
    expect(recipePresets.map(({ title }) => title)).toContain("Prune → quantize → distil");
  });

  it("leave the model to the person unless one is given", () => {
    expect(recipePresets[0]?.recipe()).not.toHaveProperty("model");
  });
});

describe("the nearest name", () => {
  it("is one that few letters make of what was typed", () => {
    expect(nearest("levle", ["kind", "level", "imatrix"])).toBe("level");
    expect(nearest("Q4_k_m", ["Q4_K_S", "Q4_K_M"])).toBe("Q4_K_M");
    expect(nearest("colour", ["kind", "level"])).toBeUndefined();
    expect(nearest("x".repeat(10_000), ["level"])).toBeUndefined();
  });
});
