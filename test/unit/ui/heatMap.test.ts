import { describe, expect, it } from "vitest";
import type { HeatToken } from "../../../src/protocol/documents";
import { HeatMap } from "../../../src/ui/heat/heatMap";
import { nats, sectionStep, sectionTitle, tokenSentences } from "../../../src/ui/heat/heatWords";

function token(start: number, end: number, kl = 0): HeatToken {
  return { start, end, kl, baseProbability: 0.5, variantProbability: 0.25, baseGuesses: [], variantGuesses: [] };
}

const names = { base: "F16", variant: "Q4_0" };

describe("HeatMap", () => {
  it("finds the token at a place, none in a gap", () => {
    const map = new HeatMap(names);
    map.take([token(0, 3), token(3, 5), token(8, 9)]);
    expect([0, 2, 3, 4, 5, 7, 8, 9].map((offset) => map.at(offset)?.start)).toEqual([0, 0, 3, 3, undefined, undefined, 8, undefined]);
    expect(new HeatMap(names).at(0)).toBeUndefined();
  });

  it("stays on its words while it grows and the text is edited", () => {
    const map = new HeatMap(names);
    map.take([token(0, 3, 1)]);
    map.edited([{ offset: 4, removed: 0, inserted: 2 }]);
    map.take([token(0, 3, 1), token(3, 5, 1), token(8, 9, 4)], 2);
    expect(map.tokens.map(({ start, end }) => [start, end])).toEqual([[0, 3], [10, 11]]);
    expect(map.meanKl).toBe(2);
    map.edited([{ offset: 0, removed: 1, inserted: 0 }]);
    expect(map.tokens.map(({ start }) => start)).toEqual([9]);
  });

  it("tells the mean of what was compared so far", () => {
    const map = new HeatMap(names);
    expect(map.meanKl).toBe(0);
    map.take([token(0, 1, 0.2), token(1, 2, 0.4)]);
    expect(map.meanKl).toBeCloseTo(0.3, 12);
  });
});

describe("the words of a heat map", () => {
  it("say what each model expected, with blanks made visible", () => {
    const guesses = { baseGuesses: [{ text: " Delaware", probability: 0.62 }, { text: "\n", probability: 0.004 }], variantGuesses: [{ text: " Ohio", probability: 0.4 }] };
    expect(tokenSentences({ ...token(0, 1, 0.314), ...guesses }, names)).toEqual([
      "F16 expected “␣Delaware” (62 %), “⏎” (0.4 %); this token had 50 %.",
      "Q4_0 expected “␣Ohio” (40 %); this token had 25 %.",
      "KL divergence 0.31 nats, step 2 of 5.",
    ]);
    expect(tokenSentences(token(0, 1, 0.01), names)[2]).toBe("KL divergence 0.01 nats: the two agree.");
  });
  it("name a section by its mean", () => {
    expect(sectionTitle(0.0812, names)).toBe("Where compression hurts: Q4_0 against F16 · mean 0.081 in this section");
    expect([0.0004, 0.00512, 1.234, 12.3].map(nats)).toEqual(["0", "0.0051", "1.2", "12"]);
  });
  it("give a section's mean a fifth of a token's steps", () => {
    expect([0.009, 0.01, 0.081, 0.5].map(sectionStep)).toEqual([0, 1, 3, 5]);
  });
});
