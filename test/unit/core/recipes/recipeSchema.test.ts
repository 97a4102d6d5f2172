import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import { mostSteps, ranges } from "../../../../src/core/recipes/limits";
import { recipePresets } from "../../../../src/core/recipes/presets";
import { quantTypes } from "../../../../src/protocol/model";
import { stepKinds } from "../../../../src/protocol/recipe";
import { rightRecipes, wrongRecipes } from "./recipeExamples";

const root = join(__dirname, "../../../..");
const schema = JSON.parse(readFileSync(join(root, "media/schemas/recipe.schema.json"), "utf8")) as {
  properties: { steps: { maxItems: number } };
  definitions: Record<string, { description?: string; properties: Record<string, { enum?: string[]; description?: string; maximum?: number }> }>;
};
const takes = new Ajv({ strict: false }).compile(schema);

describe("the schema of recipes", () => {
  it.each(rightRecipes.map((recipe) => [JSON.stringify(recipe), recipe] as const))("takes %s", (_, recipe) => {
    expect(takes(recipe), JSON.stringify(takes.errors)).toBe(true);
  });

  it.each(wrongRecipes.map(([recipe]) => [JSON.stringify(recipe).slice(0, 100), recipe] as const))("refuses %s", (_, recipe) => {
    expect(takes(recipe)).toBe(false);
  });

  it("takes every preset", () => {
    for (const preset of recipePresets) expect(takes(preset.recipe("models/a.gguf")), preset.id).toBe(true);
  });

  it("knows the same kinds, levels and limits as the parser", () => {
    const { step, quantize, settings } = schema.definitions;
    expect(step?.properties.kind?.enum).toEqual(stepKinds);
    expect(quantize?.properties.level?.enum).toEqual(quantTypes);
    expect(schema.properties.steps.maxItems).toBe(mostSteps);
    expect(settings?.properties.epochs?.maximum).toBe(ranges.epochs.to);
    expect(settings?.properties.context?.maximum).toBe(ranges.tokens.to);
  });

  it("describes every setting", () => {
    for (const [name, { properties }] of Object.entries(schema.definitions)) {
      for (const [key, property] of Object.entries(properties)) {
        if (key === "kind" && name !== "step") continue;
        expect(property.description ?? "$ref" in property ? "described" : "enumDescriptions" in property && "described", `${name}.${key}`).toBe("described");
      }
    }
  });

  it("is offered for recipe files", () => {
    const { contributes } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { contributes: { jsonValidation: { fileMatch: unknown; url: string }[] } };
    expect(contributes.jsonValidation).toContainEqual({ fileMatch: "*.decant.json", url: "./media/schemas/recipe.schema.json" });
  });
});
