import { inflateRawSync } from "node:zlib";
import { HumanError } from "../../protocol/humanError";

/** Bytes that the files in an archive may have in all once they are unpacked. */
const largestContent = 500 * 1024 * 1024;
const endMark = 0x06054b50;
const entryMark = 0x02014b50;
const endBytes = 22;
const longestComment = 0xffff;
const stored = 0;
const deflated = 8;

/**
 * Reads a .zip archive's directory and refuses one that would unpack to more than memory should hold, before anything is
 * unpacked. The XML in it is then unpacked once with the size that the directory tells as its bound, as a directory may lie.
 */
export function checkArchive(bytes: Buffer, name: string): void {
  const damaged = new HumanError("notReadable", `${name} is damaged: its archive cannot be read. Get it again, or save it anew in a word processor.`);
  const end = bytes.subarray(-(endBytes + longestComment));
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(endMark);
  const place = end.lastIndexOf(mark);
  if (place < 0 || place + endBytes > end.length) throw damaged;
  const entries: Entry[] = [];
  let at = end.readUInt32LE(place + 16);
  for (let left = end.readUInt16LE(place + 10); left > 0; left--) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== entryMark) throw damaged;
    const nameBytes = bytes.readUInt16LE(at + 28);
    entries.push({
      method: bytes.readUInt16LE(at + 10), packed: bytes.readUInt32LE(at + 20), size: bytes.readUInt32LE(at + 24),
      name: bytes.toString("utf8", at + 46, at + 46 + nameBytes), header: bytes.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  const content = entries.reduce((sum, { size }) => sum + size, 0);
  if (content > largestContent) {
    throw new HumanError("unsupported", `${name} would unpack to ${Math.round(content / 1e6)} MB, more than the ${Math.round(largestContent / 1e6)} MB that are read. It may be made to fill your memory: do not open it.`);
  }
  for (const entry of entries) if (/\.(?:xml|rels)$/i.test(entry.name) && !isAsLarge(bytes, entry)) throw damaged;
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  /** Where the file's own header begins. */
  readonly header: number;
}

function isAsLarge(bytes: Buffer, { method, packed, size, header }: Entry): boolean {
  if (header + 30 > bytes.length) return false;
  const start = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
  if (method === stored) return packed === size && start + size <= bytes.length;
  if (method !== deflated) return false;
  try {
    return inflateRawSync(bytes.subarray(start, start + packed), { maxOutputLength: Math.max(1, size) }).length === size;
  } catch {
    return false;
  }
}
