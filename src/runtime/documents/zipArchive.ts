import { inflateRawSync } from "node:zlib";
import { HumanError } from "../../protocol/humanError";

/** Bytes that the files taken from an archive may have in all once they are unpacked. */
const largestContent = 500 * 1024 * 1024;
const endMark = 0x06054b50;
const entryMark = 0x02014b50;
const endBytes = 22;
const longestComment = 0xffff;
const stored = 0;
const deflated = 8;

/**
 * The files of a .zip archive whose names match, unpacked. Nothing else is unpacked, and nothing before the directory was
 * found to be whole and the sizes that it tells bearable; each file is unpacked to that size at most, as a directory may
 * lie. ZIP64, which archives of this size do not need, is refused. Throws a HumanError that names the archive.
 */
export function filesInArchive(bytes: Buffer, name: string, wanted: RegExp): ReadonlyMap<string, Buffer> {
  const entries = entriesOf(bytes)?.filter((entry) => wanted.test(entry.name));
  const content = entries?.reduce((sum, { size }) => sum + size, 0) ?? 0;
  if (content > largestContent) {
    throw new HumanError("unsupported", `${name} would unpack to ${Math.round(content / 1e6)} MB, more than the ${Math.round(largestContent / 1e6)} MB that are read. It may be made to fill your memory: do not open it.`);
  }
  const files = new Map<string, Buffer>();
  for (const entry of entries ?? []) {
    const file = unpacked(bytes, entry);
    if (file) files.set(entry.name, file);
  }
  // Two files of one name: which of them is read would be a matter of the reader.
  if (!entries || files.size < entries.length) throw new HumanError("notReadable", `${name} is damaged: its archive cannot be read. Get it again, or save it anew in a word processor.`);
  return files;
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  /** Where the file's own header begins. */
  readonly header: number;
}

/** The directory, which must end where its end record begins; undefined where it does not, as with ZIP64. */
function entriesOf(bytes: Buffer): Entry[] | undefined {
  const end = endRecord(bytes);
  if (end === undefined) return undefined;
  const count = bytes.readUInt16LE(end + 10);
  const isWhole = bytes.readUInt32LE(end + 4) === 0 && bytes.readUInt16LE(end + 8) === count;
  if (!isWhole) return undefined;
  const entries: Entry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  while (entries.length < count) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== entryMark) return undefined;
    const nameBytes = bytes.readUInt16LE(at + 28);
    entries.push({
      method: bytes.readUInt16LE(at + 10), packed: bytes.readUInt32LE(at + 20), size: bytes.readUInt32LE(at + 24),
      name: bytes.toString("utf8", at + 46, at + 46 + nameBytes), header: bytes.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return at === end ? entries : undefined;
}

function endRecord(bytes: Buffer): number | undefined {
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(endMark);
  const from = Math.max(0, bytes.length - endBytes - longestComment);
  const place = bytes.subarray(from).lastIndexOf(mark);
  return place < 0 || from + place + endBytes > bytes.length ? undefined : from + place;
}

function unpacked(bytes: Buffer, { method, packed, size, header }: Entry): Buffer | undefined {
  if (header + 30 > bytes.length) return undefined;
  const start = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
  const content = bytes.subarray(start, start + packed);
  try {
    const plain = method === stored ? content : method === deflated ? inflateRawSync(content, { maxOutputLength: Math.max(1, size) }) : undefined;
    return plain?.length === size ? plain : undefined;
  } catch {
    return undefined;
  }
}
