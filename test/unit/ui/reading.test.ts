import { describe, expect, it } from "vitest";
import { risksOf } from "../../../src/core/documents/risks";
import type { Answer, Fact, Quote } from "../../../src/protocol/documents";
import type { AnalysisSnapshot, ShownFinding } from "../../../src/protocol/panels";
import { Reading } from "../../../src/ui/inlineAnalysis/reading";

const text = "The parties agree. This is governed by the laws of Ohio. Liability is unlimited.";
const law = passage("Governing Law", "This is governed by the laws of Ohio.");
const liability = passage("Uncapped Liability", "Liability is unlimited.");

function passage(category: string, words: string): ShownFinding {
  const start = text.indexOf(words);
  return { category, start, end: start + words.length, probability: 0.9, id: `${category}@${start}`, severity: "warning", line: 1, quote: words, why: "" };
}

function quote(words: string): Quote {
  const start = text.indexOf(words);
  return { text: words, match: "exact", start, end: start + words.length };
}

function fact(source: Fact["source"], value: string): Fact {
  return { kind: "governingLaw", label: "Governing law", value, quote: quote("Ohio"), source };
}

function snapshot(findings: readonly ShownFinding[], more: Partial<AnalysisSnapshot> = {}): AnalysisSnapshot {
  return { document: { uri: "file:///a.md", name: "a.md" }, model: "m F16", findings, ...more };
}

function read(more: Partial<AnalysisSnapshot> = {}): Reading {
  const reading = new Reading({ uri: "file:///a.md", name: "a.md" });
  const run = reading.begin();
  reading.read(run, snapshot([law, liability], more), text);
  reading.ended(run);
  return reading;
}

const inFront = { offset: 0, removed: 0, inserted: 6 };
const inLaw = { offset: law.start + 5, removed: 2, inserted: 3 };

describe("Reading", () => {
  it("maps results that arrive late through the edits made since their job began", () => {
    const reading = new Reading({ uri: "file:///a.md", name: "a.md" });
    const run = reading.begin();
    reading.edited([inFront]);
    reading.read(run, snapshot([law], { facts: [fact("patterns", "Ohio")] }), `DRAFT ${text}`);
    expect(reading.findings.map(({ start }) => start)).toEqual([law.start + 6]);
    expect(reading.snapshot.facts?.[0]?.quote).toMatchObject({ match: "exact", start: text.indexOf("Ohio") + 6 });
    expect(reading.stale).toBe(true);
  });

  it("drops late findings whose words were edited meanwhile, and the proof of late statements", () => {
    const reading = new Reading({ uri: "file:///a.md", name: "a.md" });
    const run = reading.begin();
    reading.edited([{ offset: text.indexOf("Ohio"), removed: 4, inserted: 6 }]);
    reading.read(run, snapshot([law, liability], { facts: [fact("patterns", "Ohio")] }), text.replace("Ohio", "Nevada"));
    expect(reading.findings.map(({ category }) => category)).toEqual(["Uncapped Liability"]);
    expect(reading.snapshot.facts?.[0]?.quote).toEqual({ text: "Ohio", match: "none" });
  });

  it("draws risks anew when a person rejects a clause, and back when the corrections are forgotten", () => {
    const reading = read({ risks: risksOf(text, [law, liability]) });
    expect(reading.snapshot.risks?.map(({ quote: place }) => place.text)).toEqual(["Liability is unlimited."]);
    const rejected = { category: liability.category, isClause: false, text: liability.quote, start: liability.start, end: liability.end };
    const run = reading.begin();
    reading.correct(run, [rejected], text);
    expect(reading.snapshot.risks).toEqual([]);
    reading.correct(run, [], text);
    expect(reading.snapshot.risks).toHaveLength(1);
  });

  it("moves every kind of passage with the text", () => {
    const point = { text: "It is governed by the laws of Ohio.", quotes: [quote("laws of Ohio")] };
    const answer: Answer = { question: "Which law?", text: "Ohio's.", quotes: [quote("Ohio")], firstTokenSeconds: 1, seconds: 2, promptTokens: 9, reusedTokens: 0 };
    const row = { category: law.category, severity: law.severity, start: law.start, end: law.end, line: 1, quote: law.quote };
    const reading = read();
    reading.set({
      facts: [fact("model", "Ohio")], summary: [point], answers: [answer], comparison: { first: "a", second: "b", rows: [row] },
      obligations: [{ who: "The parties", what: "agree", quote: quote("agree"), source: "patterns" }],
      risks: [{ what: "Liability", reason: "No limit.", severity: "error", quote: quote("unlimited"), source: "patterns" }],
    });
    reading.edited([inFront]);
    const { facts, summary, answers, comparison, obligations, risks } = reading.snapshot;
    const quotes = [facts?.[0]?.quote, summary?.[0]?.quotes[0], answers?.[0]?.quotes[0], obligations?.[0]?.quote, risks?.[0]?.quote];
    const moved = `DRAFT ${text}`;
    expect(quotes.map((place) => place && place.match === "exact" && moved.slice(place.start, place.end))).toEqual(["Ohio", "laws of Ohio", "Ohio", "agree", "unlimited"]);
    expect(comparison?.rows[0]?.start).toBe(law.start + 6);
    reading.edited([{ ...inLaw, offset: inLaw.offset + 6 }]);
    expect(reading.snapshot.comparison?.rows).toEqual([]);
  });

  it("keeps what a model wrote when the clauses are read again, and takes the patterns' word otherwise", () => {
    const reading = read({ facts: [fact("patterns", "Ohio")] });
    const again = reading.begin();
    reading.read(again, snapshot([law], { facts: [fact("patterns", "State of Ohio")] }), text);
    expect(reading.snapshot.facts?.[0]?.value).toBe("State of Ohio");
    reading.set({ facts: [fact("model", "Ohio law")], summary: [] });
    reading.read(again, snapshot([law], { facts: [fact("patterns", "Ohio")] }), text);
    expect(reading.snapshot.facts?.[0]?.value).toBe("Ohio law");
    expect(reading.snapshot.summary).toEqual([]);
  });

  it("is whole when a reading has ended, and fresh when nothing was edited meanwhile", () => {
    const reading = new Reading({ uri: "file:///a.md", name: "a.md" });
    const run = reading.begin();
    reading.read(run, snapshot([law], { progress: { label: "Passage 1 of 2", fraction: 0.5 } }), text);
    expect(reading.whole).toBe(false);
    reading.read(run, snapshot([law]), text);
    expect([reading.whole, reading.stale, reading.snapshot.progress]).toEqual([true, false, undefined]);
    reading.edited([inFront]);
    expect(reading.stale).toBe(true);
  });

  it("leaves out what the person rejected and shows what the person marked, also in the next reading", () => {
    const reading = read();
    const run = reading.begin();
    const marked = { category: "Audit Rights", isClause: true, text: "The parties agree.", start: 0, end: 18 };
    const rejected = { category: law.category, isClause: false, text: law.quote, start: law.start, end: law.end };
    reading.correct(run, [marked, rejected], text);
    expect(reading.snapshot.corrections).toBe(2);
    for (let times = 0; times < 2; times++) {
      expect(reading.findings.map(({ category, byHand }) => [category, byHand ?? false])).toEqual([["Audit Rights", true], ["Uncapped Liability", false]]);
      reading.read(run, snapshot([law, liability]), text);
    }
  });

  it("ignores a finding by its words, wherever a later reading finds them", () => {
    const reading = read();
    reading.ignore(law);
    reading.edited([inFront]);
    const run = reading.begin();
    reading.read(run, snapshot([{ ...law, start: law.start + 6, end: law.end + 6, id: "other" }, liability]), `DRAFT ${text}`);
    expect(reading.findings.map(({ category }) => category)).toEqual(["Uncapped Liability"]);
  });

  it("adds an explanation to the answers that came before", () => {
    const reading = read();
    const run = reading.begin();
    reading.edited([inFront]);
    const answer: Answer = { question: "Explain", text: "…", quotes: [quote("Ohio")], firstTokenSeconds: 1, seconds: 2, promptTokens: 9, reusedTokens: 0 };
    reading.answered(run, answer);
    reading.answered(reading.begin(), answer);
    expect(reading.snapshot.answers?.map(({ quotes }) => quotes[0]?.match === "exact" && quotes[0].start)).toEqual([text.indexOf("Ohio") + 6, text.indexOf("Ohio")]);
  });
});
