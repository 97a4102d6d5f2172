import type { Fact, FactKind, Finding } from "../../../protocol/documents";

/** What the readers of facts look at: a text, cut into sentences, and the findings in it. */
export interface Reading {
  readonly text: string;
  readonly sentences: readonly { readonly start: number; readonly end: number }[];
  readonly findings: FindingPlaces;
}

/** Where the findings of each category stand, to be asked for each of thousands of facts. */
export class FindingPlaces {
  /** In order of their starts; `reach` is the farthest end of a finding and of all before it. */
  readonly #places = new Map<string, { readonly start: number; readonly reach: number }[]>();

  constructor(findings: readonly Finding[]) {
    for (const { category, start, end } of [...findings].sort((a, b) => a.start - b.start)) {
      const places = this.#places.get(category) ?? [];
      places.push({ start, reach: Math.max(end, places.at(-1)?.reach ?? end) });
      this.#places.set(category, places);
    }
  }

  /** Whether a finding of the category overlaps `[start, end)`. Looks at as many places as halving takes. */
  overlap(category: string, start: number, end: number): boolean {
    const places = this.#places.get(category) ?? [];
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((places[middle]?.start ?? 0) < end) low = middle + 1;
      else high = middle;
    }
    return (places[low - 1]?.reach ?? start) > start;
  }
}

/** A fact whose value is the words at `[start, end)`, with their blanks made single; its quote is exactly these words. */
export function factAt(text: string, kind: FactKind, label: string, start: number, end: number): Fact {
  const words = text.slice(start, end);
  return { kind, label, value: words.replace(/\s+/gu, " "), quote: { text: words, match: "exact", start, end }, source: "patterns" };
}

/** The label that a finding gives to what stands in it: the first of `labels` (by category) that overlaps. */
export function labelByFinding(findings: FindingPlaces, start: number, end: number, labels: Readonly<Record<string, string>>): string | undefined {
  const category = Object.keys(labels).find((name) => findings.overlap(name, start, end));
  return category && labels[category];
}

/** A label as a table shows it: "EFFECTIVE DATE" and "Effective Date" become "Effective date". */
export function asLabel(words: string): string {
  const plain = words.replace(/\s+/gu, " ").trim().toLowerCase();
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
