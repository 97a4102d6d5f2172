/** Facts, obligations and risks as they are listed. */
import { type Fact, type FactKind, type Obligation, type Quote, type Risk, factKinds } from "../../src/protocol/documents";
import { severities } from "./grouping";

export interface Group<T> {
  readonly title: string;
  readonly items: readonly T[];
}

const factTitles: Readonly<Record<FactKind, string>> = { party: "Parties", date: "Dates", amount: "Amounts", term: "Terms", governingLaw: "Governing law" };

/** By kind, as a reader asks for them; within a kind in the order of the text, what was not found there last. */
export function groupFacts(facts: readonly Fact[]): readonly Group<Fact>[] {
  return factKinds
    .map((kind) => ({ title: factTitles[kind], items: facts.filter((fact) => fact.kind === kind).toSorted(byPlace) }))
    .filter(({ items }) => items.length > 0);
}

/** By party, in the order in which the text first binds them; "Supplier" and "supplier " are one. */
export function groupObligations(obligations: readonly Obligation[]): readonly Group<Obligation>[] {
  const groups = new Map<string, { title: string; items: Obligation[] }>();
  for (const obligation of obligations.toSorted(byPlace)) {
    const title = obligation.who.trim();
    const group = groups.get(title.toLowerCase());
    if (group) group.items.push(obligation);
    else groups.set(title.toLowerCase(), { title, items: [obligation] });
  }
  return [...groups.values()];
}

/** The gravest first. */
export function sortRisks(risks: readonly Risk[]): readonly Risk[] {
  return risks.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || byPlace(a, b));
}

function byPlace(a: { readonly quote: Quote }, b: { readonly quote: Quote }): number {
  const [first, second] = [placeOf(a.quote), placeOf(b.quote)];
  return first === second ? 0 : first - second; // Infinity minus Infinity is no number.
}

function placeOf(quote: Quote): number {
  return quote.match === "none" ? Infinity : quote.start;
}
