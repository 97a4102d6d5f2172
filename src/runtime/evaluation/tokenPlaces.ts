/** How far behind the expected place a piece is searched that is not what the text has there, in bytes. */
const searched = 32;
/** A shorter piece, in bytes, is often found by chance: it is searched no farther than a character. */
const tellingPiece = 2;
const character = 4;
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
  const words = piece[0] === blank ? piece.subarray(1) : piece;
  for (const written of [piece, words]) if (matches(bytes, next, written)) return { start: next, end: next + written.length };
  // A vocabulary that rewrites texts (letter case, composed characters): stay, and meet again where a piece is found.
  for (const written of [piece, words]) {
    const reach = next + written.length + (written.length < tellingPiece ? character : searched);
    const found = bytes.subarray(0, reach).indexOf(written, next);
    if (found >= 0) return { start: found, end: found + written.length };
  }
  return { start: next, end: next };
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
