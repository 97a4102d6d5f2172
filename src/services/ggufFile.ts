import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import type { ParsedHeader } from "../core/gguf/header";
import type { ParseOptions } from "../core/gguf/headerParser";
import { headerReading } from "../core/gguf/parse";
import { HumanError, sentenceOf } from "../protocol/humanError";

export interface GgufFile {
  readonly header: ParsedHeader;
  readonly bytes: number;
}

/** A pipe under a model's name is opened without waiting for somebody to write to it. */
const readOnly = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** Lists with a number for each block are no longer (LLAMA_MAX_LAYERS is 512), and chat templates are shorter. */
const summary = { longest: 512, longestText: 2 ** 16 };
const whole = { longest: Infinity, longestText: Infinity };

/**
 * Reads and checks the header of a GGUF file; the weights are not touched.
 * Throws a HumanError for anything that is not a whole GGUF file that can be used.
 */
export async function readGgufFile(path: string): Promise<GgufFile> {
  const file = await readGgufHeader(path);
  if (file.header.problem) throw file.header.problem;
  return file;
}

/**
 * The header with its long lists and texts folded, fast. A file that can be shown but not used (cut off, big-endian, of version 1 …)
 * has a `problem` in its header; what has no readable header is a HumanError.
 */
export function readGgufSummary(path: string): Promise<GgufFile> {
  return read(path, summary);
}

/** The same with nothing folded. */
export function readGgufHeader(path: string): Promise<GgufFile> {
  return read(path, whole);
}

async function read(path: string, folding: typeof summary): Promise<GgufFile> {
  const handle = await open(path, readOnly).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw new HumanError("notReadable", `${basename(path)} is not a file.`);
    const state = stateOf(status);
    const header = await parse(handle, status.size, { ...folding, name: basename(path) });
    if (stateOf(await handle.stat()) !== state) throw changing(path);
    return { header, bytes: status.size };
  } catch (error) {
    if (error instanceof HumanError) throw error;
    throw unreadable(path, error);
  } finally {
    await handle.close();
  }
}

async function parse(handle: FileHandle, bytes: number, options: ParseOptions): Promise<ParsedHeader> {
  const reading = headerReading(bytes, options);
  let buffer = Buffer.alloc(0);
  let step = reading.next();
  while (!step.done) {
    const piece = step.value;
    if (piece.bytes > buffer.length) buffer = Buffer.allocUnsafeSlow(piece.bytes);
    const { bytesRead } = await handle.read(buffer, 0, piece.bytes, piece.offset);
    step = reading.next(buffer.subarray(0, bytesRead));
  }
  return step.value;
}

function stateOf({ size, mtimeMs }: Stats): string {
  return `${size} ${mtimeMs}`;
}

function changing(path: string): HumanError {
  return new HumanError("notReadable", `${basename(path)} changed while it was read: try again when it is written.`);
}

function unreadable(path: string, error: unknown): HumanError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") return new HumanError("notFound", `There is no file at ${path}.`, { cause: error });
  if (code === "EACCES" || code === "EPERM") return new HumanError("notReadable", `${basename(path)} may not be read: check its permissions.`, { cause: error });
  return new HumanError("notReadable", `${basename(path)} cannot be read (${sentenceOf(error)}).`, { cause: error });
}
