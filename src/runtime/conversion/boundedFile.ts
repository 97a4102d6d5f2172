import { constants, type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import type { JsonObject } from "../../core/conversion/checkpoint";
import { isObject } from "../../core/conversion/hyperparameters";
import { shown } from "../../core/conversion/shown";
import { HumanError, sentenceOf } from "../../protocol/humanError";

/** The whole of a small file; undefined where there is none. Throws for one that is larger than such a file ever is. */
export async function readSmall(path: string, most: number): Promise<Buffer | undefined> {
  const file = await openFile(path).catch((error: unknown) => {
    if (error instanceof HumanError && error.code === "notFound") return undefined;
    throw error;
  });
  try {
    if (!file) return undefined;
    const status = await file.stat();
    if (status.size > most) throw new HumanError("notReadable", `${nameOf(path)} has ${status.size} bytes, more than such a file ever has: it is damaged.`);
    return await file.readFile();
  } finally {
    await file?.close();
  }
}

/** A JSON object; undefined where there is no such file. */
export async function readJsonObject(path: string, most: number): Promise<JsonObject | undefined> {
  const bytes = await readSmall(path, most);
  if (!bytes) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    if (isObject(value)) return value;
  } catch {
    // Told below.
  }
  throw new HumanError("notReadable", `${nameOf(path)} is damaged (it is no JSON object). Download it again.`);
}

/** Opens a file for reading. Throws a HumanError where it cannot be read, and for pipes and devices. */
export async function openFile(path: string): Promise<FileHandle> {
  // Opening a pipe would wait for its other end for ever.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new HumanError("notReadable", `${nameOf(path)} is not a file.`);
}

export function unreadable(path: string, error: NodeJS.ErrnoException): HumanError {
  if (error.code === "ENOENT") return new HumanError("notFound", `There is no file ${nameOf(path)}: download it again.`, { cause: error });
  if (error.code === "EACCES" || error.code === "EPERM") return new HumanError("notReadable", `${nameOf(path)} may not be read: check its permissions.`, { cause: error });
  return new HumanError("notReadable", `${nameOf(path)} cannot be read (${sentenceOf(error)}).`, { cause: error });
}

function nameOf(path: string): string {
  const name = basename(path);
  return /^[\w.-]{1,120}$/.test(name) ? name : shown(name);
}
