import { describe, expect, it } from "vitest";
import { recipeText, parseRecipe } from "../../../src/core/recipes/recipeFile";
import { newRecipe } from "../../../src/services/lab/recipeEdits";
import { preparedKinds, preparedStep } from "../../../src/ui/lab/preparedSteps";
import { aModel } from "../services/lab/labFixtures";

const original = aModel("/m/pocket-F16.gguf");
const level = aModel("/m/pocket-Q2_K.gguf", { type: "Q2_K" });

describe("the steps that single commands prepare", () => {
  it("are steps that a recipe may have", () => {
    for (const model of [original, level]) {
      const recipe = { ...newRecipe, steps: preparedKinds.map((kind) => preparedStep(kind, model, original)) };
      expect(parseRecipe(recipeText(recipe))).toEqual(recipe);
    }
  });

  it("a quantized model learns by an adapter, from its original; an original by its own weights", () => {
    expect(preparedStep("distil", level, original)).toMatchObject({ teacher: original.path, adapter: { rank: 8 } });
    expect(preparedStep("distil", original, original)).toEqual({ kind: "distil" });
  });
});
