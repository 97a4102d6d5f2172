import { describe, expect, it } from "vitest";
import { contractShares } from "../../../src/core/documents/contractShares";
import { clauseCategories } from "../../../src/core/documents/taxonomy";
import type { AnalysisSnapshot, ShownFinding } from "../../../src/protocol/panels";
import { missingSentence, usualSentence } from "../../../src/ui/inlineAnalysis/findingContext";
import { filteredFindings, filteredSnapshot } from "../../../src/ui/inlineAnalysis/findingFilter";
import { findingAt, neighbour } from "../../../src/ui/inlineAnalysis/findingWays";

function finding(start: number, end: number, more: Partial<ShownFinding> = {}): ShownFinding {
  return { category: "Governing Law", start, end, probability: 0.9, id: `Governing Law@${start}`, severity: "information", line: 1, quote: "", why: "", ...more };
}

describe("finding one's way", () => {
  const findings = [finding(30, 40), finding(10, 20), finding(12, 15)];
  it("takes the tightest passage at a place", () => {
    expect(findingAt(findings, 13)?.start).toBe(12);
    expect(findingAt(findings, 25)).toBeUndefined();
  });
  it("goes round the ends", () => {
    expect(neighbour(findings, 12, "next")?.start).toBe(30);
    expect(neighbour(findings, 30, "next")?.start).toBe(10);
    expect(neighbour(findings, 10, "previous")?.start).toBe(30);
    expect(neighbour([], 0, "next")).toBeUndefined();
  });
});

describe("the filter of findings", () => {
  const all = [finding(0, 1), finding(2, 3, { severity: "warning", category: "Renewal Term" }), finding(4, 5, { severity: "error", category: "Uncapped Liability" })];
  const shown = (minimumSeverity: ShownFinding["severity"], hiddenCategories: readonly string[] = []): readonly string[] =>
    filteredFindings(all, { minimumSeverity, hiddenCategories }).map(({ category }) => category);

  it("leaves out what is less severe than asked", () => {
    expect(shown("information")).toEqual(["Governing Law", "Renewal Term", "Uncapped Liability"]);
    expect(shown("warning")).toEqual(["Renewal Term", "Uncapped Liability"]);
    expect(shown("error")).toEqual(["Uncapped Liability"]);
  });
  it("leaves out ignored categories, and does not miss them", () => {
    expect(shown("information", ["Renewal Term"])).toEqual(["Governing Law", "Uncapped Liability"]);
    const missing = [{ category: "Insurance", severity: "warning", share: 0.6, why: "" }, { category: "Audit Rights", severity: "warning", share: 0.6, why: "" }] as const;
    const snapshot = filteredSnapshot({ findings: all, missing }, { minimumSeverity: "error", hiddenCategories: ["Insurance"] });
    expect(snapshot.missing?.map(({ category }) => category)).toEqual(["Audit Rights"]);
    expect([snapshot.findings.length, snapshot.hidden]).toEqual([1, 2]);
  });
});

describe("what the rest of the document says of a finding", () => {
  const snapshot: AnalysisSnapshot = { findings: [], kind: { name: "Supply Agreement", contracts: 18 }, missing: [{ category: "Cap On Liability", severity: "warning", share: 0.63, why: "" }] };
  it("tells how usual it is in contracts of this kind", () => {
    const [few, shares] = contractShares["Supply Agreement"] ?? [0, []];
    const share = shares[clauseCategories.findIndex(({ name }) => name === "Insurance")] ?? 0;
    expect(few).toBeLessThan(100);
    expect(usualSentence("Insurance", snapshot)).toBe(`${Math.round(few * share)} of ${few} contracts of this kind (Supply Agreement) have such a clause.`);
    expect(usualSentence("Governing Law", { kind: { name: "Commercial contract", contracts: 400 } })).toMatch(/^8\d of 100 contracts of this kind \(Commercial contract\)/);
    expect(usualSentence("Governing Law", { kind: undefined })).toBeUndefined();
    expect(usualSentence("A category of one's own", snapshot)).toBeUndefined();
  });
  it("tells that its counterpart is missing", () => {
    expect(missingSentence("Uncapped Liability", snapshot)).toBe("Also here: no Cap On Liability was found in the document.");
    expect(missingSentence("Governing Law", snapshot)).toBeUndefined();
  });
});
