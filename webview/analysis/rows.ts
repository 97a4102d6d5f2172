import type { ShownFinding } from "../../src/protocol/panels";
import { type CategoryGroup, groupFindings, severities } from "./grouping";
import type { Order } from "./viewState";

/** One line of the list of clauses. */
export type Row =
  | { readonly kind: "category"; readonly group: Omit<CategoryGroup, "findings"> & { readonly count: number }; readonly expanded: boolean }
  /** `nested`: below the line of its category, which then need not be named again. */
  | { readonly kind: "finding"; readonly finding: ShownFinding; readonly nested: boolean; readonly selected: boolean };

export interface RowChoice {
  readonly order: Order;
  readonly collapsed: readonly string[];
  readonly selected?: string;
}

export function findingRows(findings: readonly ShownFinding[], { order, collapsed, selected }: RowChoice): readonly Row[] {
  const row = (finding: ShownFinding, nested: boolean): Row => ({ kind: "finding", finding, nested, selected: finding.id === selected });
  if (order !== "category") return ordered(findings, order).map((finding) => row(finding, false));
  return groupFindings(findings).flatMap(({ category, severity, findings: group }): readonly Row[] => {
    const expanded = !collapsed.includes(category);
    return [{ kind: "category", group: { category, severity, count: group.length }, expanded }, ...(expanded ? group.map((finding) => row(finding, true)) : [])];
  });
}

export function rowKey(row: Row): string {
  return row.kind === "category" ? `category ${row.group.category}` : row.finding.id;
}

function ordered(findings: readonly ShownFinding[], order: "severity" | "text"): readonly ShownFinding[] {
  const weight = ({ severity }: ShownFinding): number => (order === "text" ? 0 : severities.indexOf(severity));
  return findings.toSorted((a, b) => weight(a) - weight(b) || a.start - b.start);
}
