import { link, lstat, rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { HumanError } from "../../protocol/humanError";
import { diskFailure } from "./diskFailure";

/** Gives a whole file its name. A file that has it already stays as it is, and this is an error. */
export async function place(partial: string, target: string): Promise<void> {
  try {
    // Unlike renaming, linking never replaces a file.
    await link(partial, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw inTheWay(target);
    return renamed(partial, target);
  }
  await rm(partial, { force: true });
}

/** For file systems without links. */
async function renamed(partial: string, target: string): Promise<void> {
  if (await lstat(target).catch(() => undefined)) throw inTheWay(target);
  await rename(partial, target).catch((error: unknown) => {
    throw diskFailure(target, error);
  });
}

/** For what stands where bytes are to be fetched to. */
export function blocked(path: string): HumanError {
  return new HumanError("notWritable", `${path} is in the way: move or delete it.`);
}

export function inTheWay(target: string): HumanError {
  return new HumanError("outputExists", `There is another file named ${basename(target)} at ${target}: move or rename it first.`);
}
