import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutByTokens } from "../../../../src/services/analysis/textParts";

const counter = (unitsPerToken: number) => async (texts: readonly string[]) => texts.map((text) => Math.ceil(text.length / unitsPerToken));

describe("parts that fit a context", () => {
  it("hold the whole text and are never too large, whatever a token is worth", async () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 400 }).map((list) => list.join(" "));
    await fc.assert(fc.asyncProperty(words, fc.constantFrom(0.4, 1, 2.5, 4, 9), fc.integer({ min: 8, max: 300 }), async (text, unitsPerToken, room) => {
      const count = counter(unitsPerToken);
      const parts = await cutByTokens(text, room, count);
      const shown = parts.map(({ start, end }) => text.slice(start, end));
      expect((await count(shown)).every((tokens) => tokens <= room)).toBe(true);
      expect(shown.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
    }), { numRuns: 60 });
  });

  it("are cut of a text that is shorter than the first guess", async () => {
    expect((await cutByTokens("a a a aaaaaaaaa", 35, counter(0.4))).length).toBeGreaterThan(1);
  });

  it("are few: the first guess is mended when tokens are long", async () => {
    const text = Array.from({ length: 200 }, (_, index) => `Paragraph ${index} of a text in a language with long tokens.`).join("\n\n");
    const parts = await cutByTokens(text, 200, counter(8));
    expect(parts.length).toBeLessThan(1.5 * Math.ceil(text.length / 8 / 200));
  });

  it("are one where the text fits, also when the first guess would cut it", async () => {
    const text = Array.from({ length: 50 }, (_, index) => `Paragraph ${index} of the text.`).join("\n\n");
    const room = Math.ceil(text.length / 4) + 1;
    expect(await cutByTokens(text, room, counter(4))).toEqual([{ start: 0, end: text.length }]);
  });

  it("never count a huge text at once", async () => {
    const counted: number[] = [];
    await cutByTokens("word ".repeat(20_000), 100, async (texts) => texts.map((text) => {
      counted.push(text.length);
      return text.length / 4;
    }));
    expect(Math.max(...counted)).toBeLessThan(2000);
  });

  it("cannot be made where nothing fits: a sentence", async () => {
    await expect(cutByTokens("some words", 100, async (texts) => texts.map(() => 1000))).rejects.toThrow("cannot be cut into parts of 100 tokens");
  });
});
