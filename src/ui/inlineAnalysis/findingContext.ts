import { contractShares } from "../../core/documents/contractShares";
import { clauseCategories } from "../../core/documents/taxonomy";
import type { AnalysisSnapshot } from "../../protocol/panels";

/** Clauses that a reader of the first looks for next: one carries the danger, the other tames it. */
const counterparts: Readonly<Record<string, string>> = {
  "Uncapped Liability": "Cap On Liability",
  "Renewal Term": "Notice Period To Terminate Renewal",
};

/** How usual a clause is in contracts of this kind; undefined where nothing is known of them. */
export function usualSentence(category: string, { kind }: Pick<AnalysisSnapshot, "kind">): string | undefined {
  if (!kind) return undefined;
  const [contracts, shares] = contractShares[kind.name] ?? [0, []];
  const share = shares[clauseCategories.findIndex(({ name }) => name === category)];
  if (share === undefined) return undefined;
  // A share of few contracts is not told as if it were one of many.
  const all = Math.min(100, contracts);
  return `${Math.round(all * share)} of ${all} contracts of this kind (${kind.name}) have such a clause.`;
}

/** Says so when what belongs to this clause is missing. */
export function missingSentence(category: string, { missing = [] }: Pick<AnalysisSnapshot, "missing">): string | undefined {
  const counterpart = counterparts[category];
  return missing.some((clause) => clause.category === counterpart) ? `Also here: no ${counterpart} was found in the document.` : undefined;
}
