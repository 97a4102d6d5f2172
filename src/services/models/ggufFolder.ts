import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { sentenceOf } from "../../protocol/humanError";
import type { Log } from "../ports";
import { isInside } from "./inside";

const maximumDepth = 8;
/** Folders looked into below one place; a workspace of more has its models elsewhere. */
const mostFolders = 20_000;
const skippedFolders = new Set(["node_modules", ".git", ".hg", ".svn"]);
/** What an unfinished training keeps beside its output is no model of anybody's. */
const checkpointFolder = /\.gguf\.training(\.|$)/i;

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

/** Where links may lead. In other programs' stores nowhere out of them; in a workspace to files; in a person's own folders anywhere. */
export type LinkRule = "inside" | "files" | "anywhere";

export interface ScanOptions {
  readonly links: LinkRule;
  /** What links stay inside of: the store that the folder belongs to. Absent for the folder itself. */
  readonly home?: string;
}

/** Every .gguf below a folder, by name. Unreadable folders and links that lead where they may not are passed over with a line in the log. */
export async function ggufFilesBelow(folder: string, reached: Reached, log: Log, { links, home = folder }: ScanOptions): Promise<readonly ReachedFile[]> {
  const [real, realHome] = await Promise.all([folder, home].map((path) => realpath(path).catch((error: unknown) => void passOver(path, error, log))));
  const found: ReachedFile[] = [];
  const leaving: string[] = [];
  let folders = 0;
  const mayLead = (target: string, isFile: boolean): boolean => links === "anywhere" || (links === "files" && isFile) || (realHome !== undefined && isInside(target, realHome));
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
      const isModel = named && kind?.isFile() === true;
      if (!isModel && (!kind?.isDirectory() || skippedFolders.has(entry.name) || checkpointFolder.test(entry.name))) continue;
      if (linked && !mayLead(target, isModel)) leaving.push(inner);
      else if (!isModel) await walk(inner, target, depth + 1);
      else if (reached.add(target)) found.push({ path: inner });
    }
  };
  if (real !== undefined) await (mayLead(real, false) ? walk(folder, real, 0) : leaving.push(folder));
  if (leaving.length > 0) log.info(`${leaving.length === 1 ? "1 link leads" : `${leaving.length} links lead`} out of ${home} and ${leaving.length === 1 ? "is" : "are"} passed over: ${leaving.slice(0, 5).join(", ")}${leaving.length > 5 ? " …" : ""}`);
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
