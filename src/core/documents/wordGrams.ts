/** Grams are told apart by a hash of this many bits; a clash is rare and only blurs a weight. */
const bits = 20;
export const gramBuckets = 1 << bits;

/** Words are cut to this many letters: a light stemmer that works for English and for Russian endings alike. */
const stem = 6;

/** How often each word and each pair of neighbouring words occurs in a passage, by a hash of its stems. */
export function wordGrams(passage: string): Map<number, number> {
  const grams = new Map<number, number>();
  let previous = 0;
  for (const [word] of passage.toLowerCase().matchAll(/\p{L}{2,}|\d+/gu)) {
    const current = hash(/\d/.test(word) ? "0" : word.replace(/ё/g, "е").slice(0, stem));
    add(grams, current % gramBuckets);
    if (previous > 0) add(grams, (Math.imul(previous, 31) ^ Math.imul(current, 0x9e3779b1)) >>> (32 - bits));
    previous = current;
  }
  return grams;
}

function add(grams: Map<number, number>, gram: number): void {
  grams.set(gram, (grams.get(gram) ?? 0) + 1);
}

/** FNV-1a, 32 bits, with a last mixing. Never 0. */
function hash(word: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) value = Math.imul(value ^ word.charCodeAt(i), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0 || 1;
}
