/**
 * A text without what quoting changes: blanks, invisible characters and soft hyphens are left out, letters are small,
 * ё is е, and every kind of quotation mark or dash is one. Each unit remembers where it stood.
 */
export interface Folded {
  readonly units: Uint16Array;
  /** Offset in the text of each unit. */
  readonly places: Int32Array;
}

const dropped = 0;

export function fold(text: string): Folded {
  const table = foldingTable();
  const units = new Uint16Array(text.length);
  const places = new Int32Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = table[text.charCodeAt(i)] ?? dropped;
    if (unit === dropped) continue;
    units[length] = unit;
    places[length++] = i;
  }
  return { units: units.subarray(0, length), places: places.subarray(0, length) };
}

export function unitsOf(text: string): Uint16Array {
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return units;
}

let table: Uint16Array | undefined;

/** What each UTF-16 unit becomes; 0 where it is left out. Made once. */
function foldingTable(): Uint16Array {
  table ??= Uint16Array.from({ length: 0x10000 }, (_, unit) => foldedUnit(String.fromCharCode(unit)));
  return table;
}

function foldedUnit(character: string): number {
  if (/[\s\p{Cf}\p{Cc}\u034f\ufe0e\ufe0f]/u.test(character)) return dropped;
  if (/["\u201c-\u201f\u2033\u00ab\u00bb\u2039\u203a]/u.test(character)) return 0x22;
  if (/['\u2018-\u201b\u2032`\u00b4]/u.test(character)) return 0x27;
  if (/[\p{Pd}\u2212]/u.test(character)) return 0x2d;
  const small = character.toLowerCase();
  return (small.length === 1 ? small.replace("ё", "е") : character).charCodeAt(0);
}
