import { describe, expect, it } from "vitest";
import { checkEstimates, checkGates } from "../../../src/cli/recipe";
import { estimateText } from "../../../src/cli/lab/recipeText";
import type { CompressionRecipe } from "../../../src/protocol/recipe";

const recipe: CompressionRecipe = { version: 1, name: "R", seed: 1, steps: [{ kind: "prune", blocks: [1] }, { kind: "quantize", level: "Q4_0" }] };
const estimate = { bytes: 1, seconds: 10, memory: 1, disk: 1, notes: [] };

describe("recipe run", () => {
  const step = { path: "/p.gguf", bytes: 1, seconds: 1, notes: [], gate: { passed: false, sentence: "KL 0.41 is above the 0.20 allowed." } };

  it("fails with the sentence of the gate that stopped it", () => {
    expect(() => checkGates({ steps: [step], stoppedAt: 0 })).toThrow("Stopped after step 1: KL 0.41 is above the 0.20 allowed.");
  });

  it("succeeds where a gate was not passed and the recipe went on", () => {
    expect(() => checkGates({ steps: [step] })).not.toThrow();
  });
});

describe("recipe plan", () => {
  it("fails with the first problem", () => {
    expect(() => checkEstimates(recipe, [estimate, { ...estimate, problem: "It is quantized already." }])).toThrow("Step 2, “Quantize to Q4_0”: It is quantized already.");
    expect(() => checkEstimates(recipe, [estimate, estimate])).not.toThrow();
  });

  it("fails without steps, and tells no total", () => {
    const empty = { ...recipe, steps: [] };
    expect(() => checkEstimates(empty, [])).toThrow("no steps");
    expect(estimateText(empty, [])).not.toContain("in all");
  });
});
