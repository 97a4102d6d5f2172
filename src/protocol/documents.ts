/** What is found in a document: plain data that crosses borders. */

export type Severity = "error" | "warning" | "information";

/** A category found in a passage; offsets are UTF-16 units into the document's text. */
export interface Finding {
  readonly category: string;
  readonly start: number;
  readonly end: number;
  /** 0 to 1. */
  readonly probability: number;
}

/** A kind of clause that a person defined, beside the taxonomy's. */
export interface OwnCategory {
  readonly name: string;
  readonly description: string;
  readonly severity: Severity;
  /** Passages that belong to it. */
  readonly examples: readonly string[];
}

/**
 * Words that a statement rests on, and where they stand in the text: found as they are, found but for blanks, found
 * nearly, or not found. Only what was found has a place; offsets are UTF-16 units.
 */
export type Quote =
  | { readonly text: string; readonly match: "exact" | "blanks" | "fuzzy"; readonly start: number; readonly end: number }
  | { readonly text: string; readonly match: "none" };

/** What found a statement: patterns in the text, or a model whose quote was then searched in it. */
export type Source = "patterns" | "model";

export const factKinds = ["party", "date", "amount", "term", "governingLaw"] as const;
export type FactKind = (typeof factKinds)[number];
export interface Fact {
  readonly kind: FactKind;
  /** What it is the party, date … of, e.g. "Effective date", "Supplier", "Price". */
  readonly label: string;
  /** e.g. "March 1, 2024", "$ 120,000", "three (3) years", "State of Delaware". */
  readonly value: string;
  readonly quote: Quote;
  readonly source: Source;
}

export interface Obligation {
  readonly who: string;
  readonly what: string;
  /** By when, how long or how often; absent where the text does not say. */
  readonly when?: string;
  readonly quote: Quote;
  readonly source: Source;
}

/** What is unusual or dangerous, with the reason. */
export interface Risk {
  readonly what: string;
  readonly reason: string;
  readonly severity: Severity;
  readonly quote: Quote;
  readonly source: Source;
}

export interface SummaryPoint {
  readonly text: string;
  /** The passages that it rests on. */
  readonly quotes: readonly Quote[];
}

/** An answer to a question about a document. */
export interface Answer {
  readonly question: string;
  readonly text: string;
  readonly quotes: readonly Quote[];
  /** Until the first token of the answer. */
  readonly firstTokenSeconds: number;
  readonly seconds: number;
  /** Tokens of the prompt, and those of them that were still in the context and cost nothing. */
  readonly promptTokens: number;
  readonly reusedTokens: number;
}

/** What a model expects at one position of a text. */
export interface Guess {
  readonly text: string;
  /** 0 to 1. */
  readonly probability: number;
}

/** One token of a text, and how far two models' expectations of it are apart. */
export interface HeatToken {
  /** UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** KL divergence of the variant's distribution of this token from the base's, nats. */
  readonly kl: number;
  /** Probability that each gave to the token that stands there. */
  readonly baseProbability: number;
  readonly variantProbability: number;
  /** Most likely tokens, the likeliest first. */
  readonly baseGuesses: readonly Guess[];
  readonly variantGuesses: readonly Guess[];
}
