import { expect, test } from "vitest";
import type { Severity } from "../../../src/protocol/documents";
import type { ShownFinding } from "../../../src/protocol/panels";
import { countBySeverity, filterFindings, groupFindings } from "../../../webview/analysis/grouping";
import { type Row, findingRows, rowKey } from "../../../webview/analysis/rows";
import { initialState, isViewState } from "../../../webview/analysis/viewState";
import { limitFor, moreWords } from "../../../webview/longList";

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

test("a flat list stands by severity or in the order of the text", () => {
  expect(findingRows(findings, { order: "severity", collapsed: [] }).map(rowKey)).toEqual(["Uncapped Liability-70", "Renewal Term-10", "Exclusivity-50", "Renewal Term-90", "Parties-0"]);
  expect(findingRows(findings, { order: "text", collapsed: ["Parties"] }).map(rowKey)).toEqual(["Parties-0", "Renewal Term-10", "Exclusivity-50", "Uncapped Liability-70", "Renewal Term-90"]);
});

test("by category, a folded one keeps its line and its count, and hides its findings", () => {
  const rows = findingRows(findings, { order: "category", collapsed: ["Renewal Term"], selected: "Parties-0" });
  expect(rows.map(rowKey)).toEqual(["category Uncapped Liability", "Uncapped Liability-70", "category Exclusivity", "Exclusivity-50", "category Renewal Term", "category Parties", "Parties-0"]);
  const folded = rows[4] as Extract<Row, { kind: "category" }>;
  expect([folded.expanded, folded.group.count]).toEqual([false, 2]);
  expect(rows.filter((row) => row.kind === "finding" && row.selected).map(rowKey)).toEqual(["Parties-0"]);
});

test("what is not drawn of a long list is told", () => {
  expect(moreWords(1700)).toBe("Show 300 more (1,700 lines not shown)");
  expect(moreWords(300)).toBe("Show 300 more");
  expect(moreWords(12)).toBe("Show 12 more");
});

test("a long list is drawn in whole steps, as far as the line that is looked for", () => {
  expect([limitFor(-1, 300), limitFor(299, 300), limitFor(300, 300), limitFor(1500, 300), limitFor(10, 900)]).toEqual([300, 300, 600, 1800, 900]);
});

test("a kept state is taken only in the right form", () => {
  expect(isViewState({ ...initialState, hidden: ["error"], selected: "a", tab: "questions", order: "text", draft: "Who?" })).toBe(true);
  for (const wrong of [null, {}, { ...initialState, hidden: ["fatal"] }, { ...initialState, collapsed: [1] }, { ...initialState, tab: "chat" }, { ...initialState, order: "name" }, { ...initialState, draft: 1 }, { ...initialState, profileOpen: "yes" }]) {
    expect(isViewState(wrong)).toBe(false);
  }
});
