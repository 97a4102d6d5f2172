import { kindOf, looksLikeContract, missingClauses } from "../../core/documents/contractKinds";
import { factsByPatterns, mostFacts } from "../../core/documents/facts";
import { languageOf } from "../../core/documents/language";
import { mergeRisks } from "../../core/documents/merge";
import { mostObligations, obligationsByPatterns } from "../../core/documents/obligations";
import { risksOf } from "../../core/documents/risks";
import { categoryByName } from "../../core/documents/taxonomy";
import type { Fact, Finding } from "../../protocol/documents";
import type { AnalysisSnapshot } from "../../protocol/panels";
import { hashOf } from "../tradeoffs/fingerprint";
import type { ReadingTraits } from "./modelTraits";
import type { PatternStatements } from "./writing";

/** Documents whose statements are remembered. */
const remembered = 8;

/** What follows from the clauses of a document. Findings are those that a person's corrections have left or added. */
export class Conclusions {
  readonly #drawn = new Map<string, PatternStatements>();

  /** What patterns in the text tell; remembered, because on a long contract it takes half a second. */
  statements(text: string, findings: readonly Finding[]): PatternStatements {
    // Own categories decide nothing here.
    const places = findings.filter(({ category }) => categoryByName(category)).map(({ category, start, end }) => `${category}@${start}-${end}`).sort();
    const key = hashOf(JSON.stringify([text, places]));
    const drawn = this.#drawn.get(key) ?? { facts: factsByPatterns(text, findings), obligations: obligationsByPatterns(text), risks: risksOf(text, findings) };
    this.#drawn.delete(key);
    this.#drawn.set(key, drawn);
    const [oldest] = this.#drawn.keys();
    if (this.#drawn.size > remembered && oldest !== undefined) this.#drawn.delete(oldest);
    return drawn;
  }

  /** The statements, the kind of contract, what it lacks, and what to be careful about. */
  of(text: string, traits: ReadingTraits, findings: readonly Finding[], warning: string | undefined): Partial<AnalysisSnapshot> {
    const kind = kindOf(text);
    const foreign = languageWarning(text, traits);
    const statements = this.statements(text, findings);
    const warnings = [warning, foreign, looksLikeContract(text) ? undefined : noContract, boundWarning(statements)].filter((one) => one !== undefined);
    return {
      ...statements,
      ...(kind && { kind: { name: kind.name, contracts: kind.contracts } }),
      // A model that cannot read the language has not found a clause to be missing.
      ...(kind && foreign === undefined && { missing: missingClauses(kind, there(findings, statements.facts)) }),
      ...(warnings.length > 0 && { warning: warnings.join(" ") }),
    };
  }
}

/** What a snapshot's missing clauses and risks become when a person corrects its findings. Risks that a model wrote stay. */
export function concludedAnew(text: string, { missing, risks, facts = [] }: AnalysisSnapshot, findings: readonly Finding[]): Pick<AnalysisSnapshot, "missing" | "risks"> {
  const kind = missing && kindOf(text);
  const written = risks?.filter(({ source }) => source === "model") ?? [];
  const seen = risks ? risksOf(text, findings) : [];
  return {
    ...(kind && { missing: missingClauses(kind, there(findings, facts)) }),
    ...(risks && { risks: written.length > 0 ? mergeRisks([...written, ...seen]) : seen }),
  };
}

/** Categories that were found, as clauses or by facts. */
function there(findings: readonly Finding[], facts: readonly Fact[]): readonly string[] {
  return [...findings.map(({ category }) => category), ...facts.flatMap(({ label }) => categoriesOfFacts[label] ?? [])];
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

function boundWarning({ facts, obligations }: PatternStatements): string | undefined {
  const isFull = facts.some(({ kind }, index) => facts[index + mostFacts - 1]?.kind === kind);
  return isFull || obligations.length >= mostObligations ? `Of what patterns find, only the first ${mostFacts} facts of a kind and ${mostObligations} obligations are listed.` : undefined;
}

/** Models with a clause scheme were trained on contracts in English. */
function languageWarning(text: string, { scheme, name }: ReadingTraits): string | undefined {
  const language = languageOf(text);
  if (!scheme || language === "English") return undefined;
  return `${name} was trained on contracts in English and hardly knows ${language === "other" ? "the language of this text" : language}: it misses clauses and misnames them. An instruct model that knows the language reads it better.`;
}
