import type { Finding } from "../../protocol/documents";

/** Labelled places by category: [start, end) in UTF-16 units. */
export type LabelledSpans = Readonly<Record<string, readonly (readonly [number, number])[]>>;

/** Counts behind a micro F1; those of several documents add up. */
export interface ClauseCounts {
  /** Findings, and those of them that overlap a labelled place of their category. */
  readonly found: number;
  readonly right: number;
  /** Labelled places, and those of them that a finding overlaps. */
  readonly labelled: number;
  readonly hit: number;
}

export const noClauses: ClauseCounts = { found: 0, right: 0, labelled: 0, hit: 0 };

/** Counts of one document, over all categories. */
export function countClauses(findings: readonly Finding[], spans: LabelledSpans): ClauseCounts {
  const overlaps = (finding: Finding, [start, end]: readonly [number, number]): boolean => Math.min(finding.end, end) > Math.max(finding.start, start);
  const right = findings.filter((finding) => spans[finding.category]?.some((span) => overlaps(finding, span))).length;
  const places = Object.entries(spans).flatMap(([category, list]) => list.map((span) => ({ category, span })));
  const hit = places.filter(({ category, span }) => findings.some((finding) => finding.category === category && overlaps(finding, span))).length;
  return { found: findings.length, right, labelled: places.length, hit };
}

export function addClauses(a: ClauseCounts, b: ClauseCounts): ClauseCounts {
  return { found: a.found + b.found, right: a.right + b.right, labelled: a.labelled + b.labelled, hit: a.hit + b.hit };
}

/** Harmonic mean of precision (right / found) and recall (hit / labelled), 0 to 1. */
export function clauseF1({ found, right, labelled, hit }: ClauseCounts): number {
  const precision = right / Math.max(1, found);
  const recall = hit / Math.max(1, labelled);
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}
