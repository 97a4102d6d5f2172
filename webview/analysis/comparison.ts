import type { FindingsComparison } from "../../src/protocol/panels";

export type ComparisonRow = FindingsComparison["rows"][number];
/** Who found a passage. */
export type Side = "both" | "first" | "second";
export const sides: readonly Side[] = ["both", "first", "second"];

export function sideOf({ firstProbability, secondProbability }: ComparisonRow): Side {
  if (secondProbability === undefined) return "first";
  return firstProbability === undefined ? "second" : "both";
}

export function countSides(rows: readonly ComparisonRow[]): Readonly<Record<Side, number>> {
  const counts = { both: 0, first: 0, second: 0 };
  for (const row of rows) counts[sideOf(row)]++;
  return counts;
}

/** In the order of the text. */
export function comparedRows(rows: readonly ComparisonRow[], differencesOnly: boolean): readonly ComparisonRow[] {
  return rows.filter((row) => !differencesOnly || sideOf(row) !== "both").toSorted((a, b) => a.start - b.start);
}

/** "−7", "+3", "0": how many hundredths the second model's probability is above the first's; empty where only one found it. */
export function differenceWords({ firstProbability, secondProbability }: ComparisonRow): string {
  if (firstProbability === undefined || secondProbability === undefined) return "";
  const points = Math.round(100 * secondProbability) - Math.round(100 * firstProbability);
  return points === 0 ? "0" : `${points < 0 ? "−" : "+"}${Math.abs(points)}`;
}
