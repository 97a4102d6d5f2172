import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRecipe, recipeText } from "../../../../src/core/recipes/recipeFile";
import { HumanError } from "../../../../src/protocol/humanError";
import { quantTypes } from "../../../../src/protocol/model";
import type { CompressionRecipe, RecipeStep } from "../../../../src/protocol/recipe";
import { recipeWith, rightRecipes, wrongRecipes } from "./recipeExamples";

const share = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);
const aboveZero = fc.double({ min: 1e-6, max: 0.999, noNaN: true });
const line = fc.string({ minLength: 1, maxLength: 40 }).map((text) => `${text.replace(/[^ -~]/g, "x")}x`);
const gate = fc.record({ maxKl: aboveZero, maxPerplexity: aboveZero, minAgreement: share, minClauseF1: share, otherwise: fc.constantFrom("stop" as const, "ask" as const) }, { requiredKeys: ["otherwise"] });
const adapter = fc.record({ rank: fc.integer({ min: 1, max: 1024 }), alpha: aboveZero, targets: fc.uniqueArray(fc.constantFrom("attn_q", "attn_k", "ffn_up"), { minLength: 1 }) });
const settings = fc.record({ epochs: fc.integer({ min: 1, max: 1000 }), learningRate: aboveZero, labels: fc.constantFrom("distribution" as const, "drawn" as const), seed: fc.nat() }, { requiredKeys: [] });
const blocks = fc.oneof(
  fc.uniqueArray(fc.integer({ min: 0, max: 511 }), { maxLength: 8 }),
  fc.record({ least: fc.integer({ min: 1, max: 512 }), by: fc.constantFrom("influence" as const, "perplexity" as const) }),
);
const step: fc.Arbitrary<RecipeStep> = fc.oneof(
  fc.record({ kind: fc.constant("prune" as const), blocks, feedForward: aboveZero, gate }, { requiredKeys: ["kind"] }),
  fc.record({ kind: fc.constant("sparsify" as const), method: fc.constantFrom("magnitude" as const, "wanda" as const), sparsity: aboveZero, pattern: fc.constant("2:4" as const), gate }, { requiredKeys: ["kind", "method", "sparsity"] }),
  fc.record({ kind: fc.constant("quantize" as const), level: fc.constantFrom(...quantTypes), imatrix: fc.boolean(), gate }, { requiredKeys: ["kind", "level"] }),
  fc.record({ kind: fc.constant("distil" as const), teacher: line, adapter, merge: fc.boolean(), settings, gate }, { requiredKeys: ["kind"] }),
  fc.record({ kind: fc.constant("lora" as const), examples: line, adapter, merge: fc.boolean(), settings, gate }, { requiredKeys: ["kind", "adapter"] }),
  fc.record({ kind: fc.constant("merge" as const), adapter: line, scale: share.filter((scale) => scale !== 0), gate }, { requiredKeys: ["kind", "adapter", "scale"] }),
);
const recipe: fc.Arbitrary<CompressionRecipe> = fc.record(
  { version: fc.constant(1 as const), name: line, model: line, text: line, seed: fc.nat(), steps: fc.array(step, { maxLength: 20 }) },
  { requiredKeys: ["version", "name", "seed", "steps"] },
);

function sentenceFor(text: string): string {
  try {
    parseRecipe(text);
  } catch (error) {
    if (error instanceof HumanError) return error.message;
    throw error;
  }
  return "taken";
}

describe("recipe files", () => {
  it("are read as they were written", () => {
    fc.assert(fc.property(recipe, (written) => {
      expect(parseRecipe(recipeText(written))).toEqual(written);
    }));
  });

  it.each(rightRecipes.map((right) => [JSON.stringify(right), right] as const))("takes %s", (_, right) => {
    expect({ ...("$schema" in right && { $schema: right.$schema }), ...parseRecipe(JSON.stringify(right)) }).toEqual(right);
  });

  it.each(wrongRecipes.map(([wrong, sentence]) => [JSON.stringify(wrong).slice(0, 100), wrong, sentence] as const))("refuses %s", (_, wrong, sentence) => {
    const said = sentenceFor(JSON.stringify(wrong));
    if (typeof sentence === "string") expect(said).toBe(sentence);
    else expect(said).toMatch(sentence);
  });

  it("says that a file is no JSON, and does not mind a byte order mark", () => {
    expect(sentenceFor("{")).toMatch(/^The recipe is no valid JSON: /);
    expect(parseRecipe(`\ufeff${JSON.stringify(recipeWith())}`).name).toBe("Small");
  });

  it("holds its own against hostile files", () => {
    expect(sentenceFor(" ".repeat(300_000))).toBe("The recipe has 300000 characters; at most 262144 are read.");
    expect(sentenceFor('{"__proto__": {"version": 1}}')).toMatch(/“__proto__” is none of its settings/);
    expect(sentenceFor(JSON.stringify({ ...recipeWith(), seed: 0 }).replace('"seed":0', '"seed":1e999'))).toMatch(/“seed” must be a whole number/);
    expect(sentenceFor(JSON.stringify({ ...recipeWith(), name: "a\u202eb" }))).toMatch(/visible characters on one line/);
    expect(sentenceFor(`{"x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`)).toMatch(/“x” is none of its settings/);
    const nested = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(sentenceFor(`{"version":${nested}}`)).toBe("The recipe: “version” is a list: this Decant reads version 1.");
    expect(sentenceFor(`{"version":1,"name":{"x":${nested}},"seed":1,"steps":[]}`)).toMatch(/“name” must be .*, not an object\.$/);
    expect(sentenceFor(`{"version":1,"name":"a","seed":1,"steps":[{"kind":"prune","blocks":[${nested}]}]}`)).toMatch(/“blocks” may hold .*, not a list\.$/);
    expect(sentenceFor(JSON.stringify({ [`a\n${"b".repeat(5000)}`]: 1 })).length).toBeLessThan(200);
  });
});
