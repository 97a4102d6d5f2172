import type { Fact, Finding } from "../../protocol/model";
import { amounts } from "./facts/amounts";
import { dates } from "./facts/dates";
import { governingLaw } from "./facts/governingLaw";
import { parties } from "./facts/parties";
import type { Reading } from "./facts/place";
import { terms } from "./facts/terms";
import { sentencesOf } from "./sentences";

/**
 * Facts that patterns find in English and Russian contracts: parties, dates, amounts, terms, governing law. A fact that
 * no sentence or finding gives a meaning to is left out: a wrong one costs more than a missing one. By kind, then by
 * place; of two that say the same only the first is kept. Linear in the length of the text.
 */
export function factsByPatterns(text: string, findings: readonly Finding[]): Fact[] {
  const reading: Reading = { text, sentences: sentencesOf(text), findings };
  const facts = [parties, dates, amounts, terms, governingLaw].flatMap((read) => read(reading));
  const seen = new Set<string>();
  return facts.filter(({ kind, label, value }) => {
    const key = [kind, label, value].join("\u0000").toLowerCase();
    return !seen.has(key) && seen.add(key);
  });
}
