import type { Fact, Finding } from "../../protocol/documents";
import { amounts } from "./facts/amounts";
import { dates } from "./facts/dates";
import { governingLaw } from "./facts/governingLaw";
import { parties } from "./facts/parties";
import { FindingPlaces, type Reading } from "./facts/place";
import { terms } from "./facts/terms";
import { sentencesOf } from "./sentences";

/** Facts of a kind that are told; no contract has so many, a table or a hostile text may. */
export const mostFacts = 500;
/** Facts of a kind that are looked at for new ones among them. */
const mostLooked = 10 * mostFacts;

/**
 * Facts that patterns find in English and Russian contracts: parties, dates, amounts, terms, governing law. A fact that
 * no sentence or finding gives a meaning to is left out: a wrong one costs more than a missing one. By kind, then by
 * place; of two that say the same only the first is kept, and of a kind at most `mostFacts`. Linear in the length of the text.
 */
export function factsByPatterns(text: string, findings: readonly Finding[]): Fact[] {
  const reading: Reading = { text, sentences: sentencesOf(text), findings: new FindingPlaces(findings) };
  return [parties, dates, amounts, terms, governingLaw].flatMap((read) => unlike(read(reading)));
}

/** The first facts that say something new. */
function unlike(facts: Iterable<Fact>): Fact[] {
  const kept = new Map<string, Fact>();
  let looked = 0;
  for (const fact of facts) {
    const key = [fact.label, fact.value].join("\u0000").toLowerCase();
    if (!kept.has(key)) kept.set(key, fact);
    if (kept.size === mostFacts || ++looked === mostLooked) break;
  }
  return [...kept.values()];
}
