import type { Quote } from "../../protocol/documents";
import type { AnalysisSnapshot } from "../../protocol/panels";
import { type TextEdit, moved, movedAll } from "./movedFinding";

type Passages = Pick<AnalysisSnapshot, "findings" | "facts" | "obligations" | "risks" | "summary" | "answers" | "comparison">;

/**
 * What was said of a text, after edits of the text: every passage keeps to its words. A finding whose words were touched goes,
 * a statement stays and has lost its proof.
 */
export function movedSnapshot<S extends Partial<AnalysisSnapshot>>(snapshot: S, edits: readonly TextEdit[]): S {
  if (edits.length === 0) return snapshot;
  const quoted = <T extends { readonly quote: Quote }>(statements: readonly T[] | undefined): readonly T[] | undefined =>
    statements?.map((statement) => ({ ...statement, quote: movedQuote(statement.quote, edits) }));
  const resting = <T extends { readonly quotes: readonly Quote[] }>(statements: readonly T[] | undefined): readonly T[] | undefined =>
    statements?.map((statement) => ({ ...statement, quotes: statement.quotes.map((quote) => movedQuote(quote, edits)) }));
  const { findings, facts, obligations, risks, summary, answers, comparison } = snapshot;
  const passages: Partial<Passages> = {
    findings: findings && movedAll(findings, edits),
    facts: quoted(facts),
    obligations: quoted(obligations),
    risks: quoted(risks),
    summary: resting(summary),
    answers: resting(answers),
    comparison: comparison && { ...comparison, rows: movedAll(comparison.rows, edits) },
  };
  return { ...snapshot, ...defined(passages) };
}

export function movedQuote(quote: Quote, edits: readonly TextEdit[]): Quote {
  if (quote.match === "none") return quote;
  const after = edits.reduce<typeof quote | undefined>((current, edit) => current && moved(current, edit), quote);
  return after ?? { text: quote.text, match: "none" };
}

/** Without the entries that are undefined: spread over a snapshot they would make it claim what it never had. */
function defined<T extends object>(entries: T): T {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as T;
}
