import { quantTypeOfFtype } from "../../src/core/gguf/quantLevels";
import type { MetadataRow, ShownValue } from "../../src/protocol/modelPanels";
import { formatCount, plural } from "../format";
import { matcher } from "../search";

/** Every word of the query stands in the key or in what is shown of the value. */
export function searchMetadata(rows: readonly MetadataRow[], query: string): readonly MetadataRow[] {
  if (query.trim() === "") return rows;
  const fits = matcher(query);
  return rows.filter(({ key, value }) => fits(`${key} ${valueText(value)}`));
}

/** A value as it would be copied. */
export function valueText(value: ShownValue): string {
  switch (value.kind) {
    case "text": return value.text;
    case "number": return String(value.value);
    case "boolean": return String(value.value);
    case "list": return value.first.join(", ");
  }
  return value satisfies never;
}

/** Characters of a value in a table that compares, and of those before the first difference. */
const [longestLine, contextLength] = [300, 40];

/** Two values in one line each: long ones are cut so that the first difference is seen. */
export function comparedLines(first: ShownValue | undefined, second: ShownValue | undefined): readonly [string, string] {
  const texts = [first ? valueLine(first) : "", second ? valueLine(second) : ""] as const;
  const start = first && second ? Math.max(0, firstDifference(...texts) - contextLength) : 0;
  const cut = (text: string): string => {
    if (text.length <= longestLine) return text;
    return `${start > 0 ? "…" : ""}${text.slice(start, start + longestLine)}${text.length > start + longestLine ? "…" : ""}`;
  };
  return [cut(texts[0]), cut(texts[1])];
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return at;
}

function valueLine(value: ShownValue): string {
  return value.kind === "list" ? `${listWords(value)}: ${valueText(value)}` : valueText(value);
}

export function listWords({ element, length }: Extract<ShownValue, { kind: "list" }>): string {
  return plural(length, element === "string" ? element : `${element} value`);
}

/** A text that deserves lines of its own: a chat template, a licence. */
export function isLongText(text: string): boolean {
  return text.length > 160 || text.includes("\n");
}

/** Whole numbers in groups of three; 32-bit fractions without the digits that 64 bits make up. */
export function numberWords(type: string, value: number): string {
  if (Number.isInteger(value)) return value < 0 ? `−${formatCount(-value)}` : formatCount(value);
  return String(type === "f32" ? Number(value.toPrecision(7)) : value);
}

/** What a bare number stands for. */
export function meaning({ key, value }: MetadataRow): string | undefined {
  if (key !== "general.file_type" || value.kind !== "number") return undefined;
  return quantTypeOfFtype(value.value);
}
