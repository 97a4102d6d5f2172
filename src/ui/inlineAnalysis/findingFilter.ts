import type { Severity } from "../../protocol/documents";
import type { AnalysisSnapshot, ShownFinding } from "../../protocol/panels";

/** What a person wants to see of a document's findings. */
export interface FindingFilter {
  readonly minimumSeverity: Severity;
  /** Names of categories that are ignored everywhere. */
  readonly hiddenCategories: readonly string[];
}

const ranks: Record<Severity, number> = { information: 0, warning: 1, error: 2 };

export function filteredFindings(findings: readonly ShownFinding[], { minimumSeverity, hiddenCategories }: FindingFilter): readonly ShownFinding[] {
  return findings.filter(({ category, severity }) => ranks[severity] >= ranks[minimumSeverity] && !hiddenCategories.includes(category));
}

/** A category that is ignored is not missed either. */
export function filteredSnapshot(snapshot: AnalysisSnapshot, filter: FindingFilter): AnalysisSnapshot {
  const { missing } = snapshot;
  const findings = filteredFindings(snapshot.findings, filter);
  return {
    ...snapshot,
    findings,
    hidden: snapshot.findings.length - findings.length,
    ...(missing && { missing: missing.filter(({ category }) => !filter.hiddenCategories.includes(category)) }),
  };
}
