import type { ShownFinding } from "../../protocol/panels";
import { type TextEdit, movedAll } from "./movedFinding";

/**
 * Keeps findings on their words while a person types. While the document is still being read, findings arrive with
 * offsets into the text as it was at the start, so every edit since then is remembered until the reading ends.
 */
export class FindingTracker {
  #findings: readonly ShownFinding[] = [];
  #edits: TextEdit[] = [];
  #reading = true;
  #changed = false;

  get findings(): readonly ShownFinding[] {
    return this.#findings;
  }

  /** True when the text is no longer the one that is being, or was, read. */
  get stale(): boolean {
    return this.#changed;
  }

  /** Takes all findings so far, with offsets into the text at the start of the reading. */
  found(findings: readonly ShownFinding[]): void {
    this.#findings = movedAll(findings, this.#edits);
  }

  edited(edits: readonly TextEdit[]): void {
    if (edits.length === 0) return;
    this.#changed = true;
    this.#findings = movedAll(this.#findings, edits);
    if (this.#reading) this.#edits.push(...edits);
  }

  /** The reading has ended: no more findings come. */
  ended(): void {
    this.#reading = false;
    this.#edits = [];
  }
}

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
