import { HumanError } from "../../protocol/humanError";
import { ByteCursor, type ByteLayout, type ByteWindow, EndOfBytes } from "./byteCursor";

/** What stands before the metadata. */
export interface Beginning {
  readonly version: number;
  readonly layout: ByteLayout;
  readonly tensors: number;
  readonly entries: number;
  /** Where the metadata starts. */
  readonly end: number;
}

const [mostTensors, mostEntries] = [2 ** 20, 2 ** 16];
/** The formats before GGUF, by their magic numbers as they lie in a file. */
const older = ["lmgg", "fmgg", "tjgg", "algg"];

/** Reads magic number, version and counts. Throws a HumanError for what is no GGUF file, or announces more than it can hold. */
export function readBeginning(window: ByteWindow, name: string): Beginning {
  checkMagic(window, name);
  const versionAs = (littleEndian: boolean): number => new ByteCursor(window, { littleEndian, countBytes: 8 }, 4).uint32();
  const known = (version: number): boolean => version >= 1 && version <= 3;
  const littleEndian = known(versionAs(true)) || !known(versionAs(false));
  const version = versionAs(littleEndian);
  if (!known(version)) throw wrongVersion(name, version);
  const layout: ByteLayout = { littleEndian, countBytes: version === 1 ? 4 : 8 };
  const cursor = new ByteCursor(window, layout, 8);
  const [tensors, entries] = [cursor.count(), cursor.count()];
  // A tensor without a name, of one dimension; an empty key with a value of one byte.
  const least = tensors * (2 * layout.countBytes + 16) + entries * (layout.countBytes + 5);
  if (least > window.fileBytes - cursor.position || tensors > mostTensors || entries > mostEntries) {
    throw new HumanError("truncated", `${name} has a damaged header (it announces ${short(tensors)} tensors and ${short(entries)} metadata entries, more than it can hold) or is cut off. Download or copy it again.`);
  }
  return { version, layout, tensors, entries, end: cursor.position };
}

/** Why a file that can be read cannot be used. */
export function formatProblem({ version, layout }: Beginning, name: string): HumanError | undefined {
  if (!layout.littleEndian) return new HumanError("unsupported", `${name} is big-endian, made for other processors than this one. Get it as little-endian, or convert it with gguf_convert_endian.py of llama.cpp.`);
  return version === 1 ? wrongVersion(name, version) : undefined;
}

function wrongVersion(name: string, version: number): HumanError {
  return new HumanError("unsupported", `${name} is a GGUF file of version ${version}; versions 2 and 3 can be used. Convert the model again.`);
}

function checkMagic({ bytes, fileBytes }: ByteWindow, name: string): void {
  if (fileBytes === 0) throw new HumanError("notGguf", `${name} is empty.`);
  if (fileBytes >= 4 && bytes.length < 4) throw new EndOfBytes(4);
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic === "GGUF") return;
  if (magic === "\0\0\0\0") throw new HumanError("truncated", `${name} begins with zeros: it was never written to its end. Download or copy it again.`);
  if (older.includes(magic)) throw new HumanError("notGguf", `${name} is not a GGUF file but of a format before it (GGML). Get or convert the model as GGUF.`);
  throw new HumanError("notGguf", `${name} is not a GGUF file.`);
}

function short(count: number): string {
  return count < 1e9 ? String(count) : count.toExponential(1);
}
