import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

const prefix = "measuring-";

/** Runs work with a fresh folder, which is gone afterwards. */
export async function withScratch<R>(parent: string, work: (folder: string) => Promise<R>): Promise<R> {
  const folder = await makeScratch(parent);
  try {
    return await work(folder);
  } finally {
    await removeScratch(folder);
  }
}

/** A fresh folder; those of processes that did not live to tidy up are removed. */
export async function makeScratch(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  await sweep(parent);
  return mkdtemp(join(parent, `${prefix}${process.pid}-`));
}

export function removeScratch(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process lives too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
