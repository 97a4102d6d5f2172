import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { contractShares } from "../../../../src/core/documents/contractShares";
import { kindOf, looksLikeContract, missingClauses } from "../../../../src/core/documents/contractKinds";
import { kindByTitle } from "../../../../src/core/documents/contractTitles";
import { clauseCategories } from "../../../../src/core/documents/taxonomy";

const read = (path: string) => readFileSync(path, "utf8");
const sample = read("media/samples/supply-agreement.md");

describe("kindOf", () => {
  it("knows the samples", () => {
    expect(kindOf(sample)).toMatchObject({ name: "Supply Agreement", contracts: 8 });
    expect(kindOf(read("media/samples/supply-agreement-ru.md"))?.name).toBe("Supply Agreement");
  });

  it("takes a contract of a kind that was not counted for any contract", () => {
    expect(kindOf(sample.replaceAll(/supply agreement/gi, "Barter Agreement"))).toMatchObject({ name: "Commercial contract", contracts: 352 });
  });

  it.each([
    ["a novel", "It was the best of times, it was the worst of times, it was the age of wisdom. ".repeat(50)],
    ["JSON", read("package.json")],
    ["code", read("src/core/documents/cues.ts")],
    ["documentation", read("docs/architecture.md")],
    ["a licence of software", read("LICENSE")],
    ["nothing", ""],
  ])("knows that %s is no contract", (_, text) => {
    expect(looksLikeContract(text)).toBe(false);
    expect(kindOf(text)).toBeUndefined();
  });
});

describe("kindByTitle", () => {
  it.each([
    ["SOFTWARE LICENSE AND MAINTENANCE", "Maintenance Agreement"], ["Exclusive Distributor", "Distribution Agreement"], ["Joint Venture", "Joint Venture Agreement"], [" возмездного оказания услуг", "Services Agreement"], ["Barter", undefined],
  ])("%s", (title, kind) => expect(kindByTitle(title)).toBe(kind));
});

describe("missingClauses", () => {
  const kind = { name: "Test", contracts: 10, shares: { "Governing Law": 0.9, "Cap On Liability": 0.95, "Audit Rights": 0.49, "Non-Compete": 1, "Document Name": 1, "Uncapped Liability": 0.8 } };

  it("tells what at least half of the contracts have and whose absence matters, the most usual first", () => {
    expect(missingClauses(kind, []).map(({ category, share }) => [category, share])).toEqual([["Cap On Liability", 0.95], ["Governing Law", 0.9]]);
    expect(missingClauses(kind, ["Cap On Liability"])[0]).toMatchObject({ category: "Governing Law", severity: "warning", why: expect.stringMatching(/^Without .*\.$/) as string });
  });
});

describe("contractShares", () => {
  it("has a share of 0 to 1 for each category, of at least eight contracts", () => {
    for (const [contracts, shares] of Object.values(contractShares)) {
      expect(contracts).toBeGreaterThanOrEqual(8);
      expect(shares).toHaveLength(clauseCategories.length);
      for (const share of shares) expect(share >= 0 && share <= 1).toBe(true);
    }
  });
});

describe("absence", () => {
  it("is told in one sentence for clauses that protect, never for those that bind", () => {
    for (const { absence } of clauseCategories) if (absence) expect(absence.why).toMatch(/^Without .{20,110}\.$/);
    const told = clauseCategories.filter(({ absence }) => absence).map(({ name }) => name);
    expect(told).toEqual(expect.arrayContaining(["Cap On Liability", "Governing Law", "Expiration Date", "Anti-Assignment", "Audit Rights", "Insurance"]));
    for (const name of ["Uncapped Liability", "Non-Compete", "Document Name", "Liquidated Damages", "Exclusivity"]) expect(told).not.toContain(name);
  });
});
