import { describe, expect, it } from "vitest";
import { categoryByName, clauseCategories } from "../../../../src/core/documents/taxonomy";

describe("clauseCategories", () => {
  it("has the 41 categories of CUAD, each once", () => {
    expect(clauseCategories).toHaveLength(41);
    expect(new Set(clauseCategories.map(({ name }) => name)).size).toBe(41);
  });

  it.each(clauseCategories.map((category) => [category.name, category] as const))("explains %s in plain sentences", (_, category) => {
    for (const sentence of [category.description, category.why]) expect(sentence).toMatch(/^[A-Z].{15,150}\.$/);
  });
});

describe("categoryByName", () => {
  it("finds a category by its name in the dataset", () => {
    expect(categoryByName("Uncapped Liability")?.severity).toBe("error");
    expect(categoryByName("Rofr/Rofo/Rofn")?.severity).toBe("warning");
    expect(categoryByName("Parties")?.severity).toBe("information");
  });

  it("knows no others", () => {
    expect(categoryByName("parties")).toBeUndefined();
    expect(categoryByName("")).toBeUndefined();
  });
});
