/** The sentences of the panel. */
import type { Answer } from "../../src/protocol/documents";
import type { AnalysisSnapshot } from "../../src/protocol/panels";
import { formatCount, formatSeconds, missing, plural } from "../format";
import type { Tab } from "./viewState";

/** "120 of 131 passages from the cache". */
export function reusedWords({ segments, all }: NonNullable<AnalysisSnapshot["reused"]>): string {
  return `${formatCount(segments)} of ${plural(all, "passage")} from the cache`;
}

export const tabNames: Readonly<Record<Tab, string>> = { clauses: "Clauses", facts: "Facts", obligations: "Obligations", summary: "Summary", questions: "Ask" };

/** What a tab holds; undefined where nothing was looked for yet, or where a number would say nothing. */
export function tabCount(tab: Tab, { findings, facts, obligations, seconds }: AnalysisSnapshot): number | undefined {
  switch (tab) {
    case "clauses": return findings.length > 0 || seconds !== undefined ? findings.length : undefined;
    case "facts": return facts?.length;
    case "obligations": return obligations?.length;
    case "summary":
    case "questions": return undefined;
  }
}

type Kind = AnalysisSnapshot["kind"];

/** "Reads like a Supply Agreement". */
/** A model's probability in whole percent, as far as it can be trusted; a person's own is 1. */
export function sureWords(probability: number | undefined): string {
  if (probability === undefined) return missing;
  if (probability < 1 && probability >= 0.995) return "> 99 %";
  return probability > 0 && probability < 0.005 ? "< 1 %" : `${Math.round(100 * probability)} %`;
}

/** What the settings, not the panel's own filter, leave out: nobody shall take it for absent. */
export function hiddenWords(hidden: number): string {
  return `${plural(hidden, "clause")} hidden by your settings`;
}

export function kindWords({ name }: NonNullable<Kind>): string {
  return `Reads like ${/^[aeiou]/i.test(name) ? "an" : "a"} ${name}`;
}

/** "Reads like a Supply Agreement; 18 such contracts tell what is usual." */
export function kindSentence(kind: NonNullable<Kind>): string {
  const { contracts } = kind;
  return `${kindWords(kind)}; ${contracts === 1 ? "1 such contract tells" : `${formatCount(contracts)} such contracts tell`} what is usual.`;
}

/** "63 of 100 supply agreements have one". */
export function shareSentence(share: number, kind: Kind): string {
  // A share of few contracts is not told as if it were one of many.
  const all = Math.min(100, kind?.contracts ?? 100);
  return `${Math.round(all * share)} of ${all} ${kind ? contractsOf(kind.name) : "contracts"} have one`;
}

/** "Supply Agreement" to "supply agreements", "IP" to "IP agreements". */
function contractsOf(kind: string): string {
  const words = kind.split(" ").map((word) => (word === word.toUpperCase() ? word : word.toLowerCase())).join(" ");
  if (/(agreement|contract)$/i.test(words)) return `${words}s`;
  return /(agreement|contract)s$/i.test(words) ? words : `${words} agreements`;
}

/** Longest quote that is drawn, in UTF-16 units: a document of one line may be quoted as a whole. */
const longestQuote = 1000;

/** In quotation marks, and cut where it is too long to be read here. */
export function quoted(text: string): string {
  const cut = text.length > longestQuote ? `${text.slice(0, longestQuote).replace(/[\uD800-\uDBFF]$/, "")}…` : text;
  return `“${cut}”`;
}

export function verifiedWords({ found, all }: NonNullable<AnalysisSnapshot["verified"]>): string {
  return `${formatCount(found)} of ${plural(all, "quote")} found in the text`;
}

/** "first word after 0.2 s; 3,412 of 3,430 tokens reused". */
export function answerPrint({ firstTokenSeconds, promptTokens, reusedTokens }: Answer): string {
  const tokens = reusedTokens > 0 ? `${formatCount(reusedTokens)} of ${plural(promptTokens, "token")} reused` : `${plural(promptTokens, "token")} read`;
  return `first word after ${formatSeconds(firstTokenSeconds)}; ${tokens}`;
}
