/** A name that a stranger chose, fit for a sentence: without control characters, at most 80 characters, in quotes. */
export function shown(name: string): string {
  const clean = Array.from(name, (character) => (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character) ? "�" : character));
  return `"${clean.length > 80 ? `${clean.slice(0, 79).join("")}…` : clean.join("")}"`;
}
