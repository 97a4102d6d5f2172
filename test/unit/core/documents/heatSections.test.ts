import { describe, expect, it } from "vitest";
import { heatSections } from "../../../../src/core/documents/heatSections";
import type { HeatToken } from "../../../../src/protocol/documents";

const heated = (start: number, kl: number): HeatToken => ({ start, end: start + 1, kl, baseProbability: 1, variantProbability: 1, baseGuesses: [], variantGuesses: [] });

describe("sections of a heat map", () => {
  const text = "Opening.\n\n# One\nA.\n\n# Empty\n\n# Two\nB and C.\n";
  const at = (words: string) => text.indexOf(words);
  it("have the mean of their tokens; those without tokens are left out", () => {
    const tokens = [heated(0, 0.25), heated(at("One"), 1), heated(at("A."), 2), heated(at("B and"), 4)];
    expect(heatSections(text, tokens).map(({ title, tokens, meanKl }) => [title, tokens, meanKl])).toEqual([["", 1, 0.25], ["One", 2, 1.5], ["Two", 1, 4]]);
  });

  it("of a text without headings are one", () => {
    expect(heatSections("just words", [heated(0, 1), heated(5, 0)])).toEqual([{ title: "", start: 0, end: 10, tokens: 2, meanKl: 0.5 }]);
  });

  it("look at each token a few times at most, however many there are", () => {
    const long = "# Heading\nword\n".repeat(1000);
    let looks = 0;
    const tokens = Array.from({ length: 1000 }, (_, index) => {
      const token = heated(index * 15 + 10, 1);
      return { ...token, get start() { looks++; return token.start; } };
    });
    expect(heatSections(long, tokens)).toHaveLength(1000);
    expect(looks).toBeLessThanOrEqual(3000);
  });
});
