import { mkdir, rmdir } from "node:fs/promises";
import { dirname } from "node:path";

/** Runs a task that writes into a folder. Folders that had to be made for it go again, where they are empty, when it fails. */
export async function inMadeFolder<T>(folder: string, task: () => Promise<T>): Promise<T> {
  // A folder that cannot be made is told by the task, in a sentence.
  const first = await mkdir(folder, { recursive: true }).catch(() => undefined);
  try {
    return await task();
  } catch (error) {
    for (let made = folder; first !== undefined && made.length >= first.length; made = dirname(made)) await rmdir(made).catch(() => undefined);
    throw error;
  }
}
