import { describe, expect, it } from "vitest";
import { AnswerMemory } from "../../../../src/services/analysis/answerMemory";
import { bestPassages } from "../../../../src/services/analysis/excerpts";
import type { Talk } from "../../../../src/services/analysis/talk";

const text = Array.from({ length: 3000 }, (_, index) => `${index + 1}. Clause about matter ${index} ${"and words that fill the passage ".repeat(30)}.`).join("\n\n");

describe("passages for a question", () => {
  it("are counted in tokens as far as they can fit, and cut once for all questions", async () => {
    const counted: number[] = [];
    const talk = { count: async (texts: readonly string[]) => (counted.push(texts.length), texts.map((words) => Math.ceil(words.length / 4))) } as unknown as Talk;
    const memory = new AnswerMemory();
    const first = await bestPassages(talk, text, "What about matter 2900?", { room: 2500, chosen: 2000 }, memory);
    expect(first.text).toContain("matter 2900");
    expect(counted).toEqual([40]);
    const { passages } = memory;
    expect(passages?.parts.length).toBeGreaterThan(1000);
    const other = await bestPassages(talk, text, "And matter 17?", { room: 2500, chosen: 2000 }, memory);
    expect(other.text).toContain("matter 17");
    expect(memory.passages).toBe(passages);
    await bestPassages(talk, `${text} More.`, "And matter 17?", { room: 2500, chosen: 2000 }, memory);
    expect(memory.passages).not.toBe(passages);
  });
});
