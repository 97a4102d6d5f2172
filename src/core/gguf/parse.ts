import { HumanError } from "../../protocol/humanError";
import type { ParsedHeader } from "./header";
import { HeaderParser, mostHeaderBytes, type ParseOptions, type WantedBytes } from "./headerParser";

/** Pieces of a file that grow while they follow one another, and start small again after a leap. */
const [firstPiece, largestPiece] = [2 ** 16, 2 ** 20];

/**
 * Parses a GGUF header, of version 1 to 3 and of either byte order, from the first bytes of a file; or says how many of
 * its first bytes must be at hand to go on. Work and memory are bounded by the bytes given.
 * A header that can be shown although the file cannot be used has a `problem`; what is no header is a HumanError.
 */
export function parseGguf(prefix: Uint8Array, fileBytes: number, options: ParseOptions = {}): { readonly header: ParsedHeader } | { readonly needs: number } {
  const parsed = new HeaderParser(fileBytes, options).take(prefix, 0);
  if (!isWanted(parsed)) return { header: parsed };
  return { needs: Math.min(fileBytes, mostHeaderBytes, Math.max(parsed.offset + parsed.bytes, 4 * prefix.length)) };
}

/**
 * The same for a file that can be read anywhere: yields the pieces that it wants, takes their bytes (less where the file
 * became shorter), and returns the header. The bytes given may be written over once the next piece is asked for.
 */
export function* headerReading(fileBytes: number, options: ParseOptions = {}): Generator<WantedBytes, ParsedHeader, Uint8Array> {
  const parser = new HeaderParser(fileBytes, options);
  let piece: WantedBytes = { offset: 0, bytes: Math.min(fileBytes, firstPiece) };
  for (;;) {
    const bytes = yield piece;
    if (bytes.length < piece.bytes) throw new HumanError("truncated", `${options.name ?? "The file"} became shorter while it was read: try again when it is written.`);
    const parsed = parser.take(bytes, piece.offset);
    if (!isWanted(parsed)) return parsed;
    piece = nextPiece(piece, parsed, fileBytes);
  }
}

function nextPiece(last: WantedBytes, wanted: WantedBytes, fileBytes: number): WantedBytes {
  const follows = wanted.offset <= last.offset + last.bytes;
  // A value that did not fit is asked for again with more behind it.
  const again = wanted.offset === last.offset;
  const usual = follows ? Math.min(2 * last.bytes, again ? mostHeaderBytes : largestPiece) : firstPiece;
  return { offset: wanted.offset, bytes: Math.min(fileBytes - wanted.offset, Math.max(usual, wanted.bytes)) };
}

function isWanted(parsed: ParsedHeader | WantedBytes): parsed is WantedBytes {
  return !("metadata" in parsed);
}
