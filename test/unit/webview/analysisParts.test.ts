import { expect, test } from "vitest";
import type { Answer, Fact, Obligation, Quote, Risk } from "../../../src/protocol/documents";
import type { AnalysisSnapshot } from "../../../src/protocol/panels";
import { type ComparisonRow, comparedRows, countSides, differenceWords, sideOf } from "../../../webview/analysis/comparison";
import { groupFacts, groupObligations, sortRisks } from "../../../webview/analysis/statements";
import { answerPrint, kindSentence, kindWords, quoted, reusedWords, shareSentence, sureWords, tabCount, verifiedWords } from "../../../webview/analysis/words";

const at = (start: number): Quote => ({ text: "words", match: "exact", start, end: start + 5 });
const nowhere: Quote = { text: "made up", match: "none" };
const fact = (kind: Fact["kind"], label: string, quote: Quote): Fact => ({ kind, label, value: label, quote, source: "model" });

test("facts stand by kind, in the order of the text, unverified ones last; kinds without facts are left out", () => {
  const groups = groupFacts([fact("amount", "Price", at(90)), fact("party", "Ghost", nowhere), fact("party", "Buyer", at(40)), fact("party", "Phantom", nowhere), fact("party", "Supplier", at(0))]);
  expect(groups.map(({ title, items }) => [title, items.map(({ label }) => label)])).toEqual([["Parties", ["Supplier", "Buyer", "Ghost", "Phantom"]], ["Amounts", ["Price"]]]);
});

test("obligations stand by party, as first bound by the text; letter case and blanks make no new party", () => {
  const duty = (who: string, start: number): Obligation => ({ who, what: `do ${start}`, quote: at(start), source: "patterns" });
  expect(groupObligations([duty("Buyer", 50), duty("supplier ", 30), duty("Supplier", 10)]).map(({ title, items }) => [title, items.map(({ what }) => what)])).toEqual([
    ["Supplier", ["do 10", "do 30"]],
    ["Buyer", ["do 50"]],
  ]);
});

test("the gravest risks first", () => {
  const risk = (what: string, severity: Risk["severity"], start: number): Risk => ({ what, reason: "", severity, quote: at(start), source: "patterns" });
  expect(sortRisks([risk("b", "warning", 5), risk("c", "warning", 9), risk("a", "error", 80)]).map(({ what }) => what)).toEqual(["a", "b", "c"]);
});

const row = (start: number, firstProbability?: number, secondProbability?: number): ComparisonRow => ({ category: "Parties", severity: "information", start, end: start + 1, line: 1, quote: "", firstProbability, secondProbability });
const compared = [row(30, 0.9, 0.83), row(20, 0.5), row(10, undefined, 0.7), row(40, 0.804, 0.796)];

test("a comparison counts what both found, only the first, only the second", () => {
  expect(compared.map(sideOf)).toEqual(["both", "first", "second", "both"]);
  expect(countSides(compared)).toEqual({ both: 2, first: 1, second: 1 });
  expect(comparedRows(compared, false).map(({ start }) => start)).toEqual([10, 20, 30, 40]);
  expect(comparedRows(compared, true).map(({ start }) => start)).toEqual([10, 20]);
});

test("the difference agrees with the two numbers as they are shown", () => {
  expect(compared.map(differenceWords)).toEqual(["−7", "", "", "0"]);
  expect(differenceWords(row(0, 0.2, 0.55))).toBe("+35");
});

test("tabs count what was found; nothing where nothing was looked for", () => {
  const empty: AnalysisSnapshot = { findings: [] };
  expect(tabCount("clauses", empty)).toBeUndefined();
  expect(tabCount("clauses", { ...empty, seconds: 1 })).toBe(0);
  expect(tabCount("facts", empty)).toBeUndefined();
  expect(tabCount("facts", { ...empty, facts: [fact("date", "Signed", at(1))] })).toBe(1);
  expect(tabCount("obligations", { ...empty, obligations: [] })).toBe(0);
  expect(tabCount("summary", { ...empty, summary: [] })).toBeUndefined();
});

test("tells what the cache saved", () => {
  expect(reusedWords({ segments: 1200, all: 1310 })).toBe("1,200 of 1,310 passages from the cache");
  expect(reusedWords({ segments: 0, all: 1 })).toBe("0 of 1 passage from the cache");
});

test("tells the kind of contract and how usual a clause is among them", () => {
  expect(kindSentence({ name: "Supply Agreement", contracts: 18 })).toBe("Reads like a Supply Agreement; 18 such contracts tell what is usual.");
  expect(kindWords({ name: "Outsourcing Agreement", contracts: 9 })).toBe("Reads like an Outsourcing Agreement");
  expect(kindSentence({ name: "IP Agreement", contracts: 1 })).toBe("Reads like an IP Agreement; 1 such contract tells what is usual.");
  expect(shareSentence(0.634, { name: "Supply Agreement", contracts: 18 })).toBe("11 of 18 supply agreements have one");
  expect(shareSentence(0.5, { name: "IP", contracts: 4 })).toBe("2 of 4 IP agreements have one");
  expect(shareSentence(0.5, { name: "License Agreements", contracts: 400 })).toBe("50 of 100 license agreements have one");
  expect(shareSentence(0.5, undefined)).toBe("50 of 100 contracts have one");
});

test("a quote is cut where it is too long, never within a character", () => {
  expect(quoted("as it is")).toBe("“as it is”");
  expect(quoted(`${"a".repeat(999)}😀 and more`)).toBe(`“${"a".repeat(999)}…”`);
  expect(quoted("b".repeat(5_000_000))).toHaveLength(1003);
});

test("tells of verified quotes and of what an answer cost", () => {
  expect(verifiedWords({ found: 17, all: 20 })).toBe("17 of 20 quotes found in the text");
  const answer: Answer = { question: "", text: "", quotes: [], firstTokenSeconds: 0.21, seconds: 3, promptTokens: 3430, reusedTokens: 3412 };
  expect(answerPrint(answer)).toBe("first word after 0.2 s; 3,412 of 3,430 tokens reused");
  expect(answerPrint({ ...answer, firstTokenSeconds: 12.4, reusedTokens: 0 })).toBe("first word after 12 s; 3,430 tokens read");
});

test("a probability is told in whole percent, never as certain", () => {
  expect([0.456, 0.9999, 1, 0.001, undefined].map(sureWords)).toEqual(["46 %", "> 99 %", "100 %", "< 1 %", "–"]);
});
