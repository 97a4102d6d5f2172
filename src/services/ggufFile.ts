import type { Stats } from "node:fs";
import { open, stat } from "node:fs/promises";
import { gguf } from "@huggingface/gguf";
import { type GgufHeader, checkComplete, tensorInfo } from "../core/gguf/header";
import { HumanError, sentenceOf } from "../protocol/humanError";

export interface GgufFile {
  readonly header: GgufHeader;
  readonly bytes: number;
}

/** What was read last of each file, by path, size and time of change, for as long as there is memory to spare. */
const known = new Map<string, { readonly state: string; readonly file: WeakRef<GgufFile> }>();

/**
 * Reads and checks the header of a GGUF file; the weights are not touched. A file that did not change is not read again.
 * Throws a HumanError for anything that is not a whole GGUF file.
 */
export async function readGgufFile(path: string): Promise<GgufFile> {
  const { size, mtimeMs } = await statusOf(path);
  const state = `${size} ${mtimeMs}`;
  const before = known.get(path);
  const kept = before?.state === state ? before.file.deref() : undefined;
  if (kept) return kept;
  const file = await readHeader(path, size);
  known.set(path, { state, file: new WeakRef(file) });
  return file;
}

async function readHeader(path: string, bytes: number): Promise<GgufFile> {
  await checkMagic(path, bytes);
  const parsed = await gguf(path, { allowLocalFile: true }).catch((error: unknown) => {
    throw new HumanError("notGguf", `${name(path)} has a damaged header (${sentenceOf(error)}). Download or copy it again.`, { cause: error });
  });
  const dataOffset = Number(parsed.tensorDataOffset);
  if (dataOffset > bytes && parsed.tensorInfos.length > 0) {
    throw new HumanError("truncated", `${name(path)} is cut off inside its header. Download or copy it again.`);
  }
  const tensors = parsed.tensorInfos.map((t) => tensorInfo(t.name, t.dtype, t.shape.map(Number), Number(t.offset)));
  if (tensors.length === 0) throw new HumanError("notGguf", `${name(path)} has no tensors: it is not a model.`);
  const metadata = parsed.metadata as unknown as Record<string, unknown>;
  const header: GgufHeader = { version: parsed.metadata.version, metadata, tensors, dataOffset };
  checkComplete(header, bytes);
  return { header, bytes };
}

async function statusOf(path: string): Promise<Stats> {
  try {
    const status = await stat(path);
    if (!status.isFile()) throw new HumanError("notReadable", `${name(path)} is not a file.`);
    return status;
  } catch (error) {
    if (error instanceof HumanError) throw error;
    throw unreadable(path, error);
  }
}

async function checkMagic(path: string, bytes: number): Promise<void> {
  const handle = await open(path, "r").catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const magic = Buffer.alloc(4);
    await handle.read(magic, 0, 4, 0);
    if (magic.toString("latin1") !== "GGUF") {
      throw new HumanError("notGguf", bytes === 0 ? `${name(path)} is empty.` : `${name(path)} is not a GGUF file.`);
    }
    if (bytes < 24) throw new HumanError("truncated", `${name(path)} is cut off inside its header. Download or copy it again.`);
  } finally {
    await handle.close();
  }
}

function unreadable(path: string, error: unknown): HumanError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return new HumanError("notFound", `There is no file at ${path}.`);
  if (code === "EACCES" || code === "EPERM") return new HumanError("notReadable", `${name(path)} may not be read: check its permissions.`);
  return new HumanError("notReadable", `${name(path)} cannot be read (${sentenceOf(error)}).`, { cause: error });
}

function name(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
