/** One level of a word processor's list. */
export interface NumberingLevel {
  /** e.g. "decimal", "lowerLetter"; other formats are written as decimal numbers. */
  readonly format: string;
  /** e.g. "%1.%2": %n stands for the number of the n-th level. */
  readonly text: string;
  readonly start: number;
  /** All levels are written as decimal numbers. */
  readonly legal: boolean;
  /** The paragraph style that this level belongs to. */
  readonly style: string | undefined;
}

/** What stands in front of a paragraph of a level, given how far each level has counted, e.g. "5.2" or "(b)". */
export function numberText(levels: ReadonlyMap<number, NumberingLevel>, level: number, counts: readonly (number | undefined)[]): string {
  const own = levels.get(level);
  if (!own || own.format === "none") return "";
  return own.text.replace(/%([1-9])/g, (_, digit: string) => {
    const index = Number(digit) - 1;
    const other = levels.get(index);
    return formatted(counts[index] ?? other?.start ?? 1, own.legal ? "decimal" : (other?.format ?? "decimal"));
  });
}

function formatted(count: number, format: string): string {
  if (format === "none") return "";
  if (format === "decimalZero") return String(count).padStart(2, "0");
  if (format === "lowerLetter") return letters(count, "abcdefghijklmnopqrstuvwxyz");
  if (format === "upperLetter") return letters(count, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  if (format === "russianLower") return letters(count, "абвгдежзиклмнопрстуфхцчшщэюя");
  if (format === "russianUpper") return letters(count, "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ");
  if (format === "lowerRoman") return roman(count).toLowerCase();
  if (format === "upperRoman") return roman(count);
  return String(count);
}

/** a … z, then aa, bb …, as Word counts. */
function letters(count: number, alphabet: string): string {
  const index = count - 1;
  return index < 0 ? String(count) : alphabet.charAt(index % alphabet.length).repeat(Math.min(20, Math.floor(index / alphabet.length) + 1));
}

const numerals: readonly (readonly [number, string])[] = [
  [1000, "M"], [900, "CM"], [500, "D"], [400, "CD"], [100, "C"], [90, "XC"], [50, "L"], [40, "XL"], [10, "X"], [9, "IX"], [5, "V"], [4, "IV"], [1, "I"],
];

function roman(count: number): string {
  if (count < 1 || count > 9999) return String(count);
  let left = count;
  let text = "";
  for (const [size, numeral] of numerals) for (; left >= size; left -= size) text += numeral;
  return text;
}
