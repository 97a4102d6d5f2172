import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { sentenceOf } from "../../protocol/humanError";
import type { Log } from "../ports";

const maximumDepth = 8;
/** Folders looked into below one place; a workspace of more has its models elsewhere. */
const mostFolders = 20_000;
const skippedFolders = new Set(["node_modules", ".git", ".hg", ".svn"]);

/** What was reached in one scan, by real path: folders and files reached twice (links, loops, overlapping places) count once. */
export class Reached {
  readonly #paths = new Set<string>();

  /** False when it was reached before. */
  add(realPath: string): boolean {
    if (this.#paths.has(realPath)) return false;
    this.#paths.add(realPath);
    return true;
  }
}

/** A file as it was reached; `dangling` for a link whose file is not there. */
export interface ReachedFile {
  readonly path: string;
  readonly dangling?: true;
}

/** Every .gguf below a folder, by name. Unreadable folders are passed over with a line in the log. */
export async function ggufFilesBelow(folder: string, reached: Reached, log: Log): Promise<readonly ReachedFile[]> {
  const real = await realpath(folder).catch((error: unknown) => void passOver(folder, error, log));
  const found: ReachedFile[] = [];
  let folders = 0;
  const walk = async (path: string, realFolder: string, depth: number): Promise<void> => {
    if (depth > maximumDepth || !reached.add(realFolder)) return;
    if (++folders > mostFolders) return void (folders === mostFolders + 1 && log.info(`${folder} has more than ${mostFolders} folders: the rest is not looked into.`));
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => (passOver(path, error, log), []));
    // Real files before links to them, so that each is known by its own name.
    entries.sort((a, b) => Number(a.isSymbolicLink()) - Number(b.isSymbolicLink()) || (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const inner = join(path, entry.name);
      const named = isModelName(entry.name);
      const linked = entry.isSymbolicLink();
      const target = linked ? await realpath(inner).catch(() => undefined) : join(realFolder, entry.name);
      if (target === undefined) {
        if (named) found.push({ path: inner, dangling: true });
        continue;
      }
      const kind = linked ? await stat(target).catch(() => undefined) : entry;
      if (kind?.isDirectory() && !skippedFolders.has(entry.name)) await walk(inner, target, depth + 1);
      else if (kind?.isFile() && named && reached.add(target)) found.push({ path: inner });
    }
  };
  if (real !== undefined) await walk(folder, real, 0);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Importance matrices are recognised by name where they have it: they need not be read. */
function isModelName(name: string): boolean {
  return /(?<!\.imatrix)\.gguf$/i.test(name);
}

function passOver(folder: string, error: unknown, log: Log): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") log.info(`${folder} is passed over: ${sentenceOf(error)}`);
}

/** Links below a folder that stand for one file, given by its real path. */
export async function linkedFilesBelow(folder: string, target: string, log: Log): Promise<readonly string[]> {
  const found: string[] = [];
  const walk = async (path: string, depth: number): Promise<void> => {
    if (depth > maximumDepth) return;
    for (const entry of await readdir(path, { withFileTypes: true }).catch((error: unknown) => (passOver(path, error, log), []))) {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) await walk(inner, depth + 1);
      else if (entry.isSymbolicLink() && (await realpath(inner).catch(() => undefined)) === target) found.push(inner);
    }
  };
  await walk(folder, 0);
  return found;
}
