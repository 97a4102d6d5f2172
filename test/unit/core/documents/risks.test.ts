import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { risksOf } from "../../../../src/core/documents/risks";

const risk = (category: string, text: string, before = "") => risksOf(before + text, [{ category, start: before.length, end: before.length + text.length, probability: 0.9 }])[0];

describe("risksOf", () => {
  it.each([
    ["Termination For Convenience", "Buyer may terminate upon ten (10) days' notice.", "error", "Short notice of termination", "ten (10) days"],
    ["Termination For Convenience", "Покупатель вправе отказаться, предупредив за 10 (десять) дней.", "error", "Short notice of termination", "10 (десять) дней"],
    ["Termination For Convenience", "Buyer may terminate upon ninety (90) days' notice.", "warning", "Termination For Convenience", "walk away"],
    ["Termination For Convenience", "Buyer may terminate immediately.", "error", "Termination without notice", "at once"],
    ["Renewal Term", "It shall automatically renew for successive periods of two (2) years.", "warning", "Long automatic renewal", "two (2) years"],
    ["Renewal Term", "It shall automatically renew for successive periods of one month.", "warning", "Renewal Term", "renews itself"],
    ["Uncapped Liability", "Supplier's liability shall be unlimited.", "error", "Unlimited liability of Supplier alone", '"unlimited"'],
    ["Cap On Liability", "IN NO EVENT SHALL BUYER'S TOTAL LIABILITY EXCEED $1.", "warning", "One-sided cap on liability", "Buyer"],
    ["Cap On Liability", "Neither party's liability shall exceed $1.", "warning", "Cap On Liability", "get back"],
    ["Liquidated Damages", "Supplier shall pay two percent (2%) of the price for each day of delay.", "error", "High liquidated damages", "60 %"],
    ["Liquidated Damages", "неустойку в размере 2 % за каждый день просрочки", "error", "High liquidated damages", "2 %"],
    ["Exclusivity", "Buyer shall purchase exclusively from Supplier.", "warning", "Exclusive dealing", '"exclusively from"'],
    ["Non-Compete", "For three (3) years Supplier shall not compete.", "error", "Long non-compete", "three (3) years"],
    ["Non-Compete", "For two (2) years Supplier shall not compete.", "warning", "Non-Compete", "close a market"],
    ["Minimum Commitment", "Buyer shall purchase at least twelve thousand (12,000) units.", "warning", "Minimum commitment", "12,000 units"],
    ["Irrevocable Or Perpetual License", "a perpetual, irrevocable license", "error", "Licence that cannot be taken back", "perpetual and irrevocable"],
  ])("%s: %s", (category, text, severity, what, seen) => {
    const found = risk(category, text);
    expect(found).toMatchObject({ severity, what, source: "patterns", quote: { text, match: "exact", start: 0, end: text.length } });
    expect(found?.reason).toContain(seen);
  });

  it("tells of a law that is of no party's country", () => {
    const parties = 'by and between Alpha GmbH, a company of Germany ("Seller"), and Beta SA, of Paris, France ("Buyer"). ';
    expect(risk("Governing Law", "governed by the laws of England", parties)?.reason).toBe("The law of England governs, but the parties are of Germany and France. A foreign law can change your rights and make a dispute more expensive.");
    expect(risk("Governing Law", "governed by the laws of Germany", parties)).toBeUndefined();
    expect(risk("Governing Law", "governed by the laws of England")).toBeUndefined();
  });

  it("leaves out facts and own categories, says nothing twice, and puts the gravest first", () => {
    const text = readFileSync("media/samples/supply-agreement.md", "utf8");
    const categories = ["Parties", "Mine", "Exclusivity", "Exclusivity", "Uncapped Liability"];
    expect(risksOf(text, categories.map((category) => ({ category, start: 5000, end: 5600, probability: 1 }))).map(({ severity }) => severity)).toEqual(["error", "warning"]);
  });
});
