import { lineAt, lineStarts } from "../../core/documents/lines";
import { categoryByName } from "../../core/documents/taxonomy";
import type { Finding, OwnCategory } from "../../protocol/model";
import type { ShownFinding } from "../../protocol/panels";

/** Adds what a person sees of a finding: its line, its words, its weight and why it matters. In the order of the text. */
export function shownFindings(text: string, own: readonly OwnCategory[] = []): (findings: readonly Finding[]) => readonly ShownFinding[] {
  const starts = lineStarts(text);
  return (findings) =>
    [...findings]
      .sort((a, b) => a.start - b.start)
      .map((finding) => {
        const mine = own.find(({ name }) => name === finding.category);
        const category = categoryByName(finding.category);
        return {
          ...finding,
          id: `${finding.category}@${finding.start}`,
          severity: mine?.severity ?? category?.severity ?? "information",
          line: lineAt(starts, finding.start) + 1,
          quote: text.slice(finding.start, finding.end).replace(/\s+/g, " ").trim(),
          why: mine?.description ?? category?.why ?? "",
        };
      });
}
