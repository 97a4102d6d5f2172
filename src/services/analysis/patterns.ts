import { kindOf, looksLikeContract, missingClauses } from "../../core/documents/contractKinds";
import { factsByPatterns } from "../../core/documents/facts";
import { languageOf } from "../../core/documents/language";
import { obligationsByPatterns } from "../../core/documents/obligations";
import { risksOf } from "../../core/documents/risks";
import type { Finding } from "../../protocol/model";
import type { AnalysisSnapshot } from "../../protocol/panels";
import { hashOf } from "../tradeoffs/fingerprint";
import type { ReadingTraits } from "./modelTraits";
import type { PatternStatements } from "./writing";

/** What patterns in the text tell, together with the clauses that were found. */
export function patternStatements(text: string, findings: readonly Finding[]): PatternStatements {
  return { facts: factsByPatterns(text, findings), obligations: obligationsByPatterns(text), risks: risksOf(text, findings) };
}

/** Documents whose conclusions are remembered. */
const remembered = 8;

/** Conclusions of readings, drawn once for the same text and findings: on a long contract that takes half a second. */
export class Conclusions {
  readonly #drawn = new Map<string, Partial<AnalysisSnapshot>>();

  of(text: string, traits: ReadingTraits, reading: Pick<AnalysisSnapshot, "findings" | "warning">): Partial<AnalysisSnapshot> {
    const key = hashOf(JSON.stringify([text, traits.name, reading.findings, reading.warning]));
    const drawn = this.#drawn.get(key) ?? conclusions(text, traits, reading);
    this.#drawn.delete(key);
    this.#drawn.set(key, drawn);
    const [oldest] = this.#drawn.keys();
    if (this.#drawn.size > remembered && oldest !== undefined) this.#drawn.delete(oldest);
    return drawn;
  }
}

/** What follows from a whole reading: the kind of contract, what it lacks, what patterns find, and what to be careful about. */
function conclusions(text: string, traits: ReadingTraits, { findings, warning }: Pick<AnalysisSnapshot, "findings" | "warning">): Partial<AnalysisSnapshot> {
  const kind = kindOf(text);
  const foreign = languageWarning(text, traits);
  const warnings = [warning, foreign, looksLikeContract(text) ? undefined : noContract].filter((one) => one !== undefined);
  const statements = patternStatements(text, findings);
  const there = [...findings.map(({ category }) => category), ...statements.facts.flatMap(({ label }) => categoriesOfFacts[label] ?? [])];
  return {
    ...statements,
    ...(kind && { kind: { name: kind.name, contracts: kind.contracts } }),
    // A model that cannot read the language has not found a clause to be missing.
    ...(kind && foreign === undefined && { missing: missingClauses(kind, there) }),
    ...(warnings.length > 0 && { warning: warnings.join(" ") }),
  };
}

/** The category that a fact found by patterns proves to be there, by the fact's label. */
const categoriesOfFacts: Readonly<Record<string, string>> = {
  "Agreement date": "Agreement Date",
  "Effective date": "Effective Date",
  "Expiration date": "Expiration Date",
  "Initial term": "Expiration Date",
  Renewal: "Renewal Term",
  "Notice against renewal": "Notice Period To Terminate Renewal",
  "Governing law": "Governing Law",
  "Cap on liability": "Cap On Liability",
  Insurance: "Insurance",
  Warranty: "Warranty Duration",
};

const noContract = "This text does not look like a contract: what is found in it may mean nothing.";

/** Models with a clause scheme were trained on contracts in English. */
function languageWarning(text: string, { scheme, name }: ReadingTraits): string | undefined {
  const language = languageOf(text);
  if (!scheme || language === "English") return undefined;
  return `${name} was trained on contracts in English and hardly knows ${language === "other" ? "the language of this text" : language}: it misses clauses and misnames them. An instruct model that knows the language reads it better.`;
}
