import { factKinds, type Fact, type Obligation, type Quote, type Risk, type Severity, type SummaryPoint } from "../../protocol/documents";
import { listOf, textOf } from "./readJson";
import { numbersStand, saysValue } from "./verification";

/** Finds a quote's place; `shown` is the text that the model had before it. */
export interface Evidence {
  readonly shown: string;
  place(quote: string): Quote;
}

/** What a model wrote, with the places of its quotes. Items without words, and those that break the schema, are left out. */
export function factsOf(written: unknown, evidence: Evidence): readonly Fact[] {
  return listOf(written, "facts").flatMap((item): Fact[] => {
    const kind = factKinds.find((known) => known === textOf(item, "kind"));
    const [label, value] = [textOf(item, "label"), textOf(item, "value")];
    const quote = evidence.place(textOf(item, "quote"));
    return kind && label && value ? [{ kind, label, value, quote: saysValue(quote.text, value) ? quote : unverified(quote), source: "model" }] : [];
  });
}

export function obligationsOf(written: unknown, evidence: Evidence): readonly Obligation[] {
  return listOf(written, "obligations").flatMap((item): Obligation[] => {
    const [who, what, when] = [textOf(item, "who"), textOf(item, "what"), textOf(item, "when")];
    const quote = backed(evidence.place(textOf(item, "quote")), `${what} ${when}`, evidence.shown);
    return who && what ? [{ who, what, ...(when && { when }), quote, source: "model" }] : [];
  });
}

export function risksOf(written: unknown, evidence: Evidence): readonly Risk[] {
  return listOf(written, "risks").flatMap((item): Risk[] => {
    const [what, reason] = [textOf(item, "what"), textOf(item, "reason")];
    const severity = (["error", "warning"] as const).find((known) => known === textOf(item, "severity")) ?? ("information" satisfies Severity);
    const quote = backed(evidence.place(textOf(item, "quote")), `${what} ${reason}`, evidence.shown);
    return what && reason ? [{ what, reason, severity, quote, source: "model" }] : [];
  });
}

export function pointsOf(written: unknown, evidence: Evidence): readonly SummaryPoint[] {
  return listOf(written, "points").flatMap((item): SummaryPoint[] => {
    const text = textOf(item, "text");
    const quote = backed(evidence.place(textOf(item, "quote")), text, evidence.shown);
    return text ? [{ text, quotes: [quote] }] : [];
  });
}

/**
 * Joined points keep the quotes of those that they were made of; a point that names none of them is left out, and one with a
 * number that none of them holds gives way to them. Points whose quotes were not found are not to be joined.
 */
export function condensedOf(written: unknown, points: readonly SummaryPoint[]): readonly SummaryPoint[] {
  const all = listOf(written, "points").flatMap((item): readonly SummaryPoint[] => {
    const text = textOf(item, "text");
    const joined = [...new Set(listOf(item, "from"))].flatMap((number) => points[Number(number) - 1] ?? []);
    if (text === "" || joined.length === 0) return [];
    const known = joined.flatMap((point) => [point.text, ...point.quotes.map((quote) => quote.text)]).join("\n");
    return numbersStand(text, known) ? [{ text, quotes: joined.flatMap(({ quotes }) => quotes) }] : joined;
  });
  return [...new Set(all)];
}

/** A quote does not speak for a number that it does not hold. */
function backed(quote: Quote, statement: string, text: string): Quote {
  return numbersStand(statement, text) ? quote : unverified(quote);
}

function unverified({ text }: Quote): Quote {
  return { text, match: "none" };
}
