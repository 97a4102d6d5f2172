import { readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { HumanError } from "../../protocol/humanError";
import { writingFailed } from "../compression/outputPlace";

/** Who has a folder: its process, and when that began, since numbers of processes come again. */
interface Holder {
  readonly pid: number;
  readonly started: number;
}

const lockName = "lock.json";
const self: Holder = { pid: process.pid, started: Math.round(performance.timeOrigin) };

/** Keeps a folder for one training at a time, in whatever process; a process that is gone has none. */
export class FolderLock {
  private constructor(private readonly path: string) {}

  /** Throws a HumanError while another training has it. */
  static async take(folder: string): Promise<FolderLock> {
    const path = join(folder, lockName);
    if (await written(path)) return new FolderLock(path);
    const holder = await readHolder(path);
    if (holder !== undefined && isAlive(holder)) throw inUse(folder, holder);
    await rm(path, { force: true });
    if (await written(path)) return new FolderLock(path);
    throw inUse(folder, await readHolder(path));
  }

  async release(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

/** False where there is such a file already. */
async function written(path: string): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(self), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw writingFailed(path, error);
  }
}

/** Undefined for a file that no training has written whole. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const { pid, started } = JSON.parse(await readFile(path, "utf8")) as Partial<Holder>;
    return typeof pid === "number" && Number.isSafeInteger(pid) && pid > 0 && typeof started === "number" ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  if (pid === self.pid) return started === self.started;
  try {
    process.kill(pid, 0); // asks only
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function inUse(folder: string, holder: Holder | undefined): HumanError {
  const who = holder === undefined ? "" : ` (process ${holder.pid})`;
  return new HumanError("badArgument", `Another training${who} is using ${basename(folder)}: wait for its end or cancel it, or write to another file.`);
}
