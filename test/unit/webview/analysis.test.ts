import { expect, test } from "vitest";
import type { Severity } from "../../../src/protocol/model";
import type { ShownFinding } from "../../../src/protocol/panels";
import { countBySeverity, filterFindings, groupFindings } from "../../../webview/analysis/grouping";
import { initialState, isViewState } from "../../../webview/analysis/viewState";

function finding(category: string, severity: Severity, start: number, quote = "words"): ShownFinding {
  return { id: `${category}-${start}`, category, severity, start, end: start + 1, probability: 0.5, line: 1, quote, why: "Because." };
}
const findings = [finding("Parties", "information", 0), finding("Renewal Term", "warning", 90), finding("Exclusivity", "warning", 50, "Solely from Supplier"), finding("Renewal Term", "warning", 10), finding("Uncapped Liability", "error", 70)];

test("groups by category: the severe first, then by name; findings in the document's order", () => {
  expect(groupFindings(findings).map(({ category, severity, findings: group }) => [category, severity, group.map(({ start }) => start)])).toEqual([
    ["Uncapped Liability", "error", [70]],
    ["Exclusivity", "warning", [50]],
    ["Renewal Term", "warning", [10, 90]],
    ["Parties", "information", [0]],
  ]);
});

test("filters by severity and by every word of the query, in category, quote or reason", () => {
  expect(filterFindings(findings, { hidden: ["warning"], query: "" })).toHaveLength(2);
  expect(filterFindings(findings, { hidden: [], query: "supplier EXCLUS" }).map(({ category }) => category)).toEqual(["Exclusivity"]);
  expect(filterFindings(findings, { hidden: [], query: "supplier parties" })).toEqual([]);
});

test("counts by severity", () => {
  expect(countBySeverity(findings)).toEqual({ error: 1, warning: 3, information: 1 });
});

test("a kept state is taken only in the right form", () => {
  expect(isViewState({ ...initialState, hidden: ["error"], selected: "a" })).toBe(true);
  for (const wrong of [null, {}, { ...initialState, hidden: ["fatal"] }, { ...initialState, collapsed: [1] }]) expect(isViewState(wrong)).toBe(false);
});
