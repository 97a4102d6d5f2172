import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import type { Range } from "../../../../src/core/recipes/fields";
import { longestName, mostSteps, ranges } from "../../../../src/core/recipes/limits";
import { recipePresets } from "../../../../src/core/recipes/presets";
import { quantTypes } from "../../../../src/protocol/model";
import { stepKinds } from "../../../../src/protocol/recipe";
import { rightRecipes, wrongRecipes } from "./recipeExamples";

const root = join(__dirname, "../../../..");
const schema = JSON.parse(readFileSync(join(root, "media/schemas/recipe.schema.json"), "utf8")) as {
  properties: { name: { maxLength: number }; steps: { maxItems: number } };
  definitions: Record<string, { description?: string; properties: Record<string, { enum?: string[]; description?: string; maximum?: number }> }>;
};
interface Property { readonly type?: string; readonly minimum?: number; readonly exclusiveMinimum?: number }
/** Settings whose limits have another name than they; all others that are not in the table are shares. */
const rangeOf: Readonly<Record<string, Range>> = { validateEvery: ranges.steps, patience: ranges.steps };
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
    expect(schema.properties.name.maxLength).toBe(longestName);
    const limitsOf = (properties: object | undefined, share = ranges.share): object => Object.fromEntries(Object.entries(properties ?? {}).flatMap(([name, property]: [string, Property]) => {
      if (property.minimum === undefined && property.exclusiveMinimum === undefined) return [];
      const range: Range = rangeOf[name] ?? (name in ranges ? ranges[name as keyof typeof ranges] : share);
      const { from, to, above, below, nonzero, whole } = range;
      expect(property, name).toMatchObject({ [above ? "exclusiveMinimum" : "minimum"]: from, [below ? "exclusiveMaximum" : "maximum"]: to, type: whole ? "integer" : "number", ...(nonzero && { not: { const: 0 } }) });
      return [[name, true]];
    }));
    for (const { properties } of Object.values(schema.definitions)) limitsOf(properties);
    expect(Object.keys(limitsOf(settings?.properties))).toHaveLength(13);
    expect(Object.keys(limitsOf(schema.definitions.adapter?.properties))).toEqual(["rank", "alpha"]);
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
