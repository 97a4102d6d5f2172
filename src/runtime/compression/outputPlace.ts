import { link, lstat, open, rename, rm, stat, statfs } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { partialPathOf } from "../../core/compression/partialPath";
import { HumanError, sentenceOf } from "../../protocol/humanError";

/** Milliseconds without a write: llama.cpp writes tensor by tensor, and the largest take it minutes at most. */
const staleAfter = 300_000;

/** Bytes that may still be written in a folder. */
export type FreeSpace = (folder: string) => Promise<number>;

export const freeSpace: FreeSpace = async (folder) => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** What a run that writes a file is given besides. */
export interface WritingOptions {
  readonly free?: FreeSpace;
  /** Told of the partial file when it is this run's own: until the run has ended it is to be deleted with it. */
  readonly onPartial?: (partial: string) => void;
}

/** Throws unless the output is a new file. The input is never overwritten, whatever links lead to it. */
export async function checkOutputIsNew(input: string, output: string): Promise<void> {
  for (const place of [output, partialPathOf(output)]) {
    if (await isSameFile(input, place)) {
      throw new HumanError("sameFile", `${basename(output)} would overwrite the model it is made from: choose another name.`);
    }
  }
  await checkFree(output);
}

/** Gives a whole file its name. A file that has got it meanwhile stays as it is, and this is an error. */
export async function placeOutput(partial: string, output: string): Promise<void> {
  try {
    // Unlike renaming, linking never replaces a file.
    await link(partial, output);
  } catch {
    // Not every file system has links.
    await checkFree(output);
    return rename(partial, output);
  }
  await rm(partial, { force: true });
}

async function checkFree(output: string): Promise<void> {
  if (await lstat(output).catch(() => undefined)) {
    throw new HumanError("outputExists", `${basename(output)} exists already: delete it or choose another name.`);
  }
}

/** Creates the empty partial file, which shows that the folder can be written to. */
export async function createPartial(output: string, onPartial?: (partial: string) => void): Promise<string> {
  const partial = partialPathOf(output);
  try {
    await removeStale(partial);
    const file = await open(partial, "wx");
    onPartial?.(partial);
    await file.close();
    return partial;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EEXIST") {
      throw new HumanError("outputExists", `${basename(output)} is being written by another run: wait until it has ended, or choose another name.`, { cause: error });
    }
    if (code === "ENOENT") throw new HumanError("notFound", `There is no folder ${dirname(output)}.`, { cause: error });
    if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
      throw new HumanError("notWritable", `The folder ${dirname(output)} may not be written to: choose another place.`, { cause: error });
    }
    throw new HumanError("notWritable", `${output} cannot be written (${sentenceOf(error)}).`, { cause: error });
  }
}

/** A partial file that nobody has written to for a while is left over from a process that was killed. */
async function removeStale(partial: string): Promise<void> {
  const status = await stat(partial).catch(() => undefined);
  if (status && Date.now() - status.mtimeMs > staleAfter) await rm(partial, { force: true });
}

/** For an error while a file is written. */
export function writingFailed(output: string, error: unknown): HumanError {
  if ((error as NodeJS.ErrnoException).code === "ENOSPC") return new HumanError("diskFull", `The disk is full: make room for ${basename(output)} or choose another place.`, { cause: error });
  return new HumanError("notWritable", `${output} cannot be written (${sentenceOf(error)}).`, { cause: error });
}

export async function checkFreeSpace(output: string, bytes: number, free: FreeSpace): Promise<void> {
  const folder = dirname(output);
  const available = await free(folder);
  if (available < bytes) {
    throw new HumanError("diskFull", `${basename(output)} needs ${megabytes(bytes)}, but only ${megabytes(available)} are free in ${folder}: make room or choose another place.`);
  }
}

/** By device and file number, so that symbolic and hard links and other spellings of a path count as the same. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, two] = await Promise.all([a, b].map((path) => stat(path, { bigint: true }).catch(() => undefined)));
  return one !== undefined && two !== undefined && one.dev === two.dev && one.ino === two.ino;
}

function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
