import { lineAt, lineStarts } from "../../core/documents/lines";
import { categoryByName } from "../../core/documents/taxonomy";
import type { Finding, OwnCategory } from "../../protocol/documents";
import type { ShownFinding } from "../../protocol/panels";

/**
 * Adds what a person sees of a finding: its line, its words, its weight and why it matters. In the order of the text. What
 * was shown of a finding is remembered, so that a list that grows costs only what is new in it.
 */
export function shownFindings(text: string, own: readonly OwnCategory[] = []): (findings: readonly Finding[]) => readonly ShownFinding[] {
  const starts = lineStarts(text);
  const mine = new Map(own.map((category) => [category.name, category]));
  const known = new WeakMap<Finding, ShownFinding>();
  const show = (finding: Finding): ShownFinding => {
    const shown = known.get(finding) ?? shownFinding(finding, text, lineAt(starts, finding.start) + 1, mine.get(finding.category));
    known.set(finding, shown);
    return shown;
  };
  return (findings) => [...findings].sort((a, b) => a.start - b.start).map(show);
}

function shownFinding(finding: Finding, text: string, line: number, own: OwnCategory | undefined): ShownFinding {
  const category = categoryByName(finding.category);
  return {
    ...finding,
    id: `${finding.category}@${finding.start}`,
    severity: own?.severity ?? category?.severity ?? "information",
    line,
    quote: text.slice(finding.start, finding.end).replace(/\s+/g, " ").trim(),
    why: own?.description ?? category?.why ?? "",
  };
}
