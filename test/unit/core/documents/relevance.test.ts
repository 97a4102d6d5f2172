import { describe, expect, it } from "vitest";
import { relevance } from "../../../../src/core/documents/relevance";

const best = (question: string, passages: readonly string[]) => {
  const scores = relevance(question, passages);
  return scores.indexOf(Math.max(...scores));
};

describe("relevance of passages to a question", () => {
  it("finds the passage with the rare words of the question", () => {
    expect(best("When can the supplier terminate?", ["The supplier delivers the goods.", "The supplier may terminate on notice.", "The supplier pays the tax."])).toBe(1);
  });

  it("knows a word by its beginning, in English and in Russian", () => {
    expect(best("Who insures the goods?", ["Price and payment.", "Insurance is kept by the buyer."])).toBe(1);
    expect(best("Какая неустойка за просрочку?", ["Цена товара и порядок оплаты.", "При просрочке платежа начисляется неустойки 0,1 %."])).toBe(1);
  });

  it("gives nothing for no common word, and prefers the shorter of two passages that say it once", () => {
    expect(relevance("zebra", ["one", "two"])).toEqual([0, 0]);
    expect(best("notice", [`notice ${"other words ".repeat(50)}`, "notice is given"])).toBe(1);
    expect(relevance("anything", [])).toEqual([]);
  });
});
