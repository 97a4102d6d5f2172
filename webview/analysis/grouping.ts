import type { Severity } from "../../src/protocol/documents";
import type { ShownFinding } from "../../src/protocol/panels";

export interface CategoryGroup {
  readonly category: string;
  /** The worst of its findings. */
  readonly severity: Severity;
  /** In the order of the document. */
  readonly findings: readonly ShownFinding[];
}
export interface Filter {
  /** Severities that are switched off. */
  readonly hidden: readonly Severity[];
  readonly query: string;
}

export const severities: readonly Severity[] = ["error", "warning", "information"];

/** Findings by category, what asks for most attention first, then by name. */
export function groupFindings(findings: readonly ShownFinding[]): readonly CategoryGroup[] {
  const byCategory = new Map<string, ShownFinding[]>();
  for (const finding of findings) {
    const group = byCategory.get(finding.category);
    if (group) group.push(finding);
    else byCategory.set(finding.category, [finding]);
  }
  return [...byCategory]
    .map(([category, group]) => ({
      category,
      severity: severities.find((severity) => group.some((finding) => finding.severity === severity)) ?? "information",
      findings: group.sort((a, b) => a.start - b.start),
    }))
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || a.category.localeCompare(b.category));
}

/** Every word of the query must stand in the category, the quote or the reason. */
export function filterFindings(findings: readonly ShownFinding[], { hidden, query }: Filter): readonly ShownFinding[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return findings.filter(({ severity, category, quote, why }) => {
    const text = `${category} ${quote} ${why}`.toLowerCase();
    return !hidden.includes(severity) && words.every((word) => text.includes(word));
  });
}

export function countBySeverity(findings: readonly ShownFinding[]): Readonly<Record<Severity, number>> {
  const counts = { error: 0, warning: 0, information: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}
