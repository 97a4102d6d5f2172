import type { ShownFinding } from "../../protocol/panels";

/** The finding whose passage holds the offset; the shortest where several do. */
export function findingAt(findings: readonly ShownFinding[], offset: number): ShownFinding | undefined {
  return findings
    .filter(({ start, end }) => start <= offset && offset <= end)
    .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
}

/** The next or previous finding from an offset, round the end of the document. */
export function neighbour(findings: readonly ShownFinding[], offset: number, direction: "next" | "previous"): ShownFinding | undefined {
  const ordered = [...findings].sort((a, b) => a.start - b.start || a.end - b.end);
  if (direction === "next") return ordered.find(({ start }) => start > offset) ?? ordered[0];
  return ordered.findLast(({ start }) => start < offset) ?? ordered.at(-1);
}
