import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeFacts, mergeObligations, mergePoints, mergeRisks } from "../../../../src/core/documents/merge";
import type { Fact, Obligation, Quote, Source } from "../../../../src/protocol/documents";

const at = (start: number, end: number): Quote => ({ text: "words", match: "exact", start, end });
const nowhere: Quote = { text: "words", match: "none" };
const fact = (label: string, value: string, quote: Quote, kind: Fact["kind"] = "date", source: Source = "model"): Fact => ({ kind, label, value, quote, source });
const duty = (who: string, what: string, quote: Quote, source: Source = "model"): Obligation => ({ who, what, quote, source });

describe("merging facts", () => {
  it("keeps one of the same kind, label and value, however it is written, and prefers the one that was found", () => {
    const merged = mergeFacts([fact("Price", "$ 120,000", nowhere, "amount"), fact("price", "$120,000.", at(90, 99), "amount")]);
    expect(merged).toEqual([fact("price", "$120,000.", at(90, 99), "amount")]);
  });

  it("keeps two parties of one sentence, and two dates of different values", () => {
    const parties = [fact("Supplier", "Acme Inc.", at(0, 50), "party"), fact("Buyer", "Beta Inc.", at(0, 50), "party")];
    expect(mergeFacts(parties)).toEqual(parties);
  });

  it("drops what says no more about the same words, the earlier one in the list being kept", () => {
    const kept = fact("Notice period", "thirty (30) days", at(10, 40), "term");
    const merged = mergeFacts([kept, fact("Termination notice", "30 days", at(8, 60), "term", "patterns"), fact("Delivery", "30 days", at(100, 110), "term")]);
    expect(merged.map(({ label }) => label)).toEqual(["Notice period", "Delivery"]);
  });

  it("keeps different facts of one value in one quote", () => {
    const amounts = [fact("Fee", "$100", at(0, 60), "amount"), fact("Deposit", "$100", at(0, 60), "amount")];
    expect(mergeFacts(amounts)).toEqual(amounts);
    const dates = [fact("Agreement date", "March 1, 2024", at(0, 13), "date", "patterns"), fact("Effective date", "March 1, 2024", at(0, 13), "date", "patterns")];
    expect(mergeFacts(dates)).toEqual(dates);
    expect(mergeFacts([fact("Дата договора", "1 марта 2024", at(0, 40)), fact("Дата вступления в силу", "1 марта 2024", at(5, 40))])).toHaveLength(2);
  });

  it("takes labels that say no more than the kind, and those in another script, for any other", () => {
    expect(mergeFacts([fact("Date", "March 1, 2024", at(0, 13)), fact("Effective date", "March 1, 2024", at(0, 13))])).toHaveLength(1);
    expect(mergeFacts([fact("Deposit", "$100", at(0, 30), "amount"), fact("Amount", "$100", at(5, 30), "amount", "patterns")])).toHaveLength(1);
    expect(mergeFacts([fact("Дата вступления в силу", "1 марта 2024", at(0, 40)), fact("Effective date", "1 марта 2024", at(5, 30), "date", "patterns")])).toHaveLength(1);
  });

  it("gives the order of the text, and what was not found at the end", () => {
    expect(mergeFacts([fact("c", "3", nowhere), fact("b", "2", at(50, 60)), fact("a", "1", at(0, 5))]).map(({ label }) => label)).toEqual(["a", "b", "c"]);
  });
});

describe("merging obligations and risks", () => {
  it("takes a model's words for the sentence that patterns found", () => {
    const model = duty("Supplier", "deliver the goods within 10 days", at(5, 60));
    const patterns = duty("The Supplier", "deliver the Goods to the Buyer within 10 days after the order", at(0, 80), "patterns");
    expect(mergeObligations([model, patterns])).toEqual([model]);
  });

  it("keeps two duties of one sentence that share few words", () => {
    const both = [duty("Supplier", "insure the goods", at(0, 80)), duty("Buyer", "pay every invoice on time", at(0, 80))];
    expect(mergeObligations(both)).toEqual(both);
    const ofOne = [duty("The Supplier", "deliver the goods to the buyer", at(0, 90)), duty("The Supplier", "pay for all of the storage to it", at(0, 90))];
    expect(mergeObligations(ofOne)).toEqual(ofOne);
  });

  it("keeps equal risks of different passages", () => {
    const risk = { what: "Unlimited liability", reason: "No cap.", severity: "error", source: "model" } as const;
    expect(mergeRisks([{ ...risk, quote: { ...at(0, 5), text: "one" } }, { ...risk, quote: { ...at(50, 55), text: "two" } }])).toHaveLength(2);
  });
});

describe("merging points", () => {
  it("keeps the first of equal ones and orders them by what they rest on", () => {
    const points = [{ text: "B.", quotes: [at(50, 60)] }, { text: "None.", quotes: [nowhere] }, { text: "A.", quotes: [at(90, 95), at(0, 5)] }, { text: "b", quotes: [at(0, 1)] }];
    expect(mergePoints(points).map(({ text }) => text)).toEqual(["A.", "B.", "None."]);
  });
});

const quote = fc.oneof(fc.constant(nowhere), fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 40 })).map(([start, length]) => at(start, start + length)));
const facts = fc.array(fc.record({
  kind: fc.constantFrom("party", "date", "amount" as const), label: fc.constantFrom("Price", "Supplier", "Effective date"),
  value: fc.constantFrom("$ 5", "five", "March 1, 2024", "Acme", "Acme Inc."), quote, source: fc.constantFrom("model", "patterns" as const),
}) as fc.Arbitrary<Fact>, { maxLength: 30 });

describe("merging, whatever comes", () => {
  it("invents nothing, loses no found value entirely, and merges what is merged no further", () => {
    fc.assert(fc.property(facts, (given) => {
      const merged = mergeFacts(given);
      expect(merged.every((one) => given.includes(one))).toBe(true);
      expect(mergeFacts(merged)).toEqual(merged);
      const keys = merged.map(({ kind, label, value }) => `${kind}|${label}|${value}`);
      expect(new Set(keys).size).toBe(keys.length);
      expect(new Set(merged.map(({ kind }) => kind))).toEqual(new Set(given.map(({ kind }) => kind)));
    }));
  });

  it("gives the order of the text", () => {
    fc.assert(fc.property(facts, (given) => {
      const starts = mergeFacts(given).map((one) => (one.quote.match === "none" ? Number.POSITIVE_INFINITY : one.quote.start));
      expect(starts).toEqual([...starts].sort((a, b) => (a === b ? 0 : a - b)));
    }));
  });
});
