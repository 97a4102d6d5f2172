import type { Fact, Obligation, Quote, Risk, SummaryPoint } from "../../protocol/documents";

/** Facts of several parts and sources as one list: a fact whose label and value say no more than another's from the same words is left out. */
export function mergeFacts(facts: readonly Fact[]): readonly Fact[] {
  return merge(facts, { key: ({ kind, label, value }) => `${kind}|${folded(label)}|${folded(value)}`, group: ({ kind }) => kind, label: ({ label }) => label, words: ({ value }) => value, share: 1 });
}

export function mergeObligations(obligations: readonly Obligation[]): readonly Obligation[] {
  return merge(obligations, { key: ({ who, what, when = "" }) => folded(`${who} ${what} ${when}`), group: () => "", words: ({ what }) => weighty(what), share: 0.5 });
}

export function mergeRisks(risks: readonly Risk[]): readonly Risk[] {
  return merge(risks, { key: ({ what, quote }) => `${folded(what)}|${folded(quote.text)}`, group: () => "", words: ({ what }) => weighty(what), share: 0.5 });
}

/** Points in the order of the first passage that each rests on; of two that say the same, the first. */
export function mergePoints(points: readonly SummaryPoint[]): readonly SummaryPoint[] {
  const unique = [...new Map([...points].reverse().map((point) => [folded(point.text), point])).values()].reverse();
  const first = ({ quotes }: SummaryPoint): number => Math.min(...quotes.map(startOf));
  return unique.map((point) => ({ point, start: first(point) })).sort((a, b) => byStart(a.start, b.start)).map(({ point }) => point);
}

interface Rules<T> {
  /** Statements of one key are the same. */
  key(statement: T): string;
  /** Only statements of one group can say the same in other words. */
  group(statement: T): string;
  /** Statements of different labels say different things; absent where they have none. */
  label?(statement: T): string;
  words(statement: T): string;
  /** Share of the shorter one's words that the longer one must have for both to say the same of overlapping quotes. */
  readonly share: number;
}

interface Placed<T> {
  readonly statement: T;
  /** Place in the list given: the earlier one is kept. */
  readonly rank: number;
  readonly start: number;
  readonly end: number;
  readonly group: string;
  readonly label: string;
  readonly words: ReadonlySet<string>;
}

/** In the order of the text, what was not found in it at the end. Of two that say the same, one that was found is kept, else the first. */
function merge<T extends { readonly quote: Quote }>(statements: readonly T[], rules: Rules<T>): readonly T[] {
  const unique = new Map<string, T>();
  for (const statement of statements) {
    const key = rules.key(statement);
    const known = unique.get(key);
    if (!known || (known.quote.match === "none" && statement.quote.match !== "none")) unique.set(key, statement);
  }
  const placed: Placed<T>[] = [];
  const unplaced: T[] = [];
  [...unique.values()].forEach((statement, rank) => {
    const { quote } = statement;
    if (quote.match === "none") unplaced.push(statement);
    else placed.push({ statement, rank, start: quote.start, end: quote.end, group: rules.group(statement), label: rules.label?.(statement) ?? "", words: wordsOf(rules.words(statement)) });
  });
  return [...withoutTwins(placed, rules.share).map(({ statement }) => statement), ...unplaced];
}

/** Sweeps over the text; only statements whose quotes overlap are compared. */
function withoutTwins<T>(placed: readonly Placed<T>[], share: number): readonly Placed<T>[] {
  const kept = new Set<Placed<T>>();
  let open: Placed<T>[] = [];
  for (const next of [...placed].sort((a, b) => a.start - b.start || a.rank - b.rank)) {
    open = open.filter(({ end }) => end > next.start);
    const twins = open.filter((other) => other.group === next.group && sameLabel(other.label, next.label) && alike(other.words, next.words, share));
    if (twins.some(({ rank }) => rank < next.rank)) continue;
    for (const twin of twins) kept.delete(twin);
    open = [...open.filter((other) => !twins.includes(other)), next];
    kept.add(next);
  }
  return [...kept];
}

/** Words of labels that say no more than the kind. */
const generic = /(?<!\p{L})(?:dates?|amounts?|sums?|terms?|periods?|party|parties|law|value|total|the|of|for|to|and|дат[аы]|сумм[аы]|сроки?|период|сторон[аы]|право|значение|для|на|в|и)(?!\p{L})/giu;

/** Labels that share a telling word, or of which one has none. Those in different scripts cannot be compared. */
function sameLabel(one: string, other: string): boolean {
  const [words, others] = [one, other].map((label) => wordsOf(label.replace(generic, " "))) as [ReadonlySet<string>, ReadonlySet<string>];
  const russian = (label: string) => /\p{sc=Cyrl}/u.test(label);
  return words.size === 0 || others.size === 0 || russian(one) !== russian(other) || [...words].some((word) => others.has(word));
}

function alike(one: ReadonlySet<string>, other: ReadonlySet<string>, share: number): boolean {
  const [fewer, more] = one.size <= other.size ? [one, other] : [other, one];
  const common = [...fewer].filter((word) => more.has(word)).length;
  return common > 0 && common >= share * fewer.size;
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

/** Without short words, which two different statements share as well. */
function weighty(text: string): string {
  return text.replace(/(?<!\p{L})\p{L}{1,3}(?!\p{L})/gu, " ");
}

/** Letters and digits alone, so that "$ 120,000" and "$120,000.", but not "$12,000" are the same. */
function folded(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}%€$£₽]+/gu, "");
}

function startOf(quote: Quote): number {
  return quote.match === "none" ? Number.POSITIVE_INFINITY : quote.start;
}

function byStart(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
