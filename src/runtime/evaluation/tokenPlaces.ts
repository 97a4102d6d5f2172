/** How far behind the expected place a piece is searched that is not what the text has there, in bytes. */
const searched = 32;
/** A shorter piece, in bytes, would be found by chance. */
const tellingPiece = 2;
const blank = 0x20;

export interface TokenPlace {
  /** UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/**
 * Where tokens stand in their text, from the UTF-8 bytes that each stands for. A character that is split over tokens
 * belongs to the first of them; the others of it are empty. A blank that the vocabulary puts in front of a text is left out.
 */
export function tokenPlaces(text: string, pieces: readonly Uint8Array[]): TokenPlace[] {
  const bytes = Buffer.from(text, "utf8");
  const offsets = offsetsOfBytes(text, bytes.length);
  let next = 0;
  return pieces.map((piece) => {
    const { start, end } = find(bytes, next, piece);
    next = end;
    return { start: offsets[start] ?? text.length, end: offsets[end] ?? text.length };
  });
}

function find(bytes: Buffer, next: number, piece: Uint8Array): { readonly start: number; readonly end: number } {
  if (matches(bytes, next, piece)) return { start: next, end: next + piece.length };
  const rest = piece[0] === blank ? piece.subarray(1) : piece;
  if (rest.length < piece.length && matches(bytes, next, rest)) return { start: next, end: next + rest.length };
  // A vocabulary that rewrites texts (letter case, composed characters): stay, and meet again where a piece is found.
  const found = rest.length < tellingPiece ? -1 : bytes.subarray(0, next + searched + rest.length).indexOf(rest, next);
  return found < 0 ? { start: next, end: next } : { start: found, end: found + rest.length };
}

function matches(bytes: Buffer, at: number, piece: Uint8Array): boolean {
  return at + piece.length <= bytes.length && bytes.compare(piece, 0, piece.length, at, at + piece.length) === 0;
}

/** The UTF-16 offset of every byte; for a byte inside a character that of the character's end. */
function offsetsOfBytes(text: string, count: number): Uint32Array {
  const offsets = new Uint32Array(count + 1);
  let byte = 0;
  let unit = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    offsets[byte] = unit;
    unit += character.length;
    offsets.fill(unit, byte + 1, byte + length);
    byte += length;
  }
  offsets[byte] = unit;
  return offsets;
}
