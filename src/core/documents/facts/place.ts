import type { Fact, FactKind, Finding } from "../../../protocol/model";

/** What the readers of facts look at: a text, cut into sentences, and the findings in it. */
export interface Reading {
  readonly text: string;
  readonly sentences: readonly { readonly start: number; readonly end: number }[];
  readonly findings: readonly Finding[];
}

/** A fact whose value is the words at `[start, end)`, with their blanks made single; its quote is exactly these words. */
export function factAt(text: string, kind: FactKind, label: string, start: number, end: number): Fact {
  const words = text.slice(start, end);
  return { kind, label, value: words.replace(/\s+/gu, " "), quote: { text: words, match: "exact", start, end }, source: "patterns" };
}

/** The label that a finding gives to what stands in it: the first of `labels` (by category) that overlaps. */
export function labelByFinding(findings: readonly Finding[], start: number, end: number, labels: Readonly<Record<string, string>>): string | undefined {
  const category = Object.keys(labels).find((name) => findings.some((finding) => finding.category === name && finding.start < end && start < finding.end));
  return category && labels[category];
}

/** A label as a table shows it: "EFFECTIVE DATE" and "Effective Date" become "Effective date". */
export function asLabel(words: string): string {
  const plain = words.replace(/\s+/gu, " ").trim().toLowerCase();
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
