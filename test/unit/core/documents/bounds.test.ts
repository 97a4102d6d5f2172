import { describe, expect, it, vi } from "vitest";
import { factsByPatterns, mostFacts } from "../../../../src/core/documents/facts";
import { FindingPlaces } from "../../../../src/core/documents/facts/place";
import { mostObligations, obligationsByPatterns } from "../../../../src/core/documents/obligations";
import { ownFindings } from "../../../../src/core/documents/ownFindings";
import * as wordGrams from "../../../../src/core/documents/wordGrams";

describe("what patterns tell", () => {
  it("is bounded, however much there is of it", () => {
    const text = Array.from({ length: 1200 }, (_, index) => `The Supplier shall pay a fee of $${index + 1},000 to the Buyer. `).join("");
    expect(factsByPatterns(text, []).filter(({ kind }) => kind === "amount")).toHaveLength(mostFacts);
    expect(obligationsByPatterns(text)).toHaveLength(mostObligations);
    expect(obligationsByPatterns(text)[0]?.what).toContain("$1,000");
  });

  it("takes many dates in a row for a table, of which none is told", () => {
    const dates = Array.from({ length: 40 }, (_, index) => `until March ${(index % 28) + 1}, 2024`).join(" ");
    expect(factsByPatterns(`The term of this agreement continues ${dates}.`, []).length).toBeLessThanOrEqual(8);
  });
});

describe("places of findings", () => {
  const at = (start: number, end: number, category = "A") => ({ category, start, end, probability: 1 });
  it("overlap as each of them does", () => {
    const findings = [at(50, 60), at(0, 100), at(120, 130), at(10, 20, "B"), at(125, 126)];
    const places = new FindingPlaces(findings);
    for (const category of ["A", "B", "C"]) {
      for (let start = 0; start < 140; start++) {
        for (const end of [start + 1, start + 7]) {
          expect(places.overlap(category, start, end)).toBe(findings.some((finding) => finding.category === category && finding.start < end && start < finding.end));
        }
      }
    }
  });
});

describe("own categories", () => {
  it("count the words of each passage and each example once", () => {
    const text = Array.from({ length: 40 }, (_, index) => `The parties meet in the city for the ${index}th time and talk about the goods that were sold.`).join("\n\n");
    const own = Array.from({ length: 30 }, (_, index) => ({ name: `Own ${index}`, description: "", severity: "warning" as const, examples: [`The parties meet in the city for the ${index}th time.`, "Nothing alike."] }));
    const counted = vi.spyOn(wordGrams, "wordGrams");
    const all = ownFindings(text, own);
    expect(counted.mock.calls.length).toBe(40 + 60);
    counted.mockRestore();
    expect(all.length).toBeGreaterThan(0);
  });

  it("give a passage the best of a category's examples", () => {
    const text = "The parties meet in the city twice a year.\n\nThe goods are stored in a dry and cool place by the seller until they are sold.";
    const alike = "The parties meet in the city twice a year.";
    const one = ownFindings(text, [{ name: "Own", description: "", severity: "warning", examples: ["Nothing alike here.", alike, "Nor there."] }]);
    expect(one).toHaveLength(1);
    expect(text.slice(one[0]?.start, one[0]?.end)).toBe(alike);
    expect(one[0]?.probability).toBeGreaterThan(0.99);
  });
});
