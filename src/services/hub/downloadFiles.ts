import { lstat, readdir, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { HumanError } from "../../protocol/humanError";
import type { CancellationToken } from "../../protocol/rpc";
import { Checksum } from "./checksum";
import { type DownloadRecord, fetchedPathOf, finalPathOf, readRecord, type RecordedFile, recordPathOf, targetOfRecord } from "./downloadRecord";
import { inTheWay } from "./placing";

/** Bytes that were fetched and are not in place yet. */
export async function fetchedBytes(target: string, record: DownloadRecord): Promise<number> {
  const sizes = await Promise.all(record.files.map(async (file) => (await stat(fetchedPathOf(target, file)).catch(() => undefined))?.size ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** True where the file is in its place already. Another file there is an error: nothing is ever overwritten. `onCheck`: it is being read. */
export async function isInPlace(target: string, file: RecordedFile, token: CancellationToken, onCheck: () => void): Promise<boolean> {
  const path = finalPathOf(target, file);
  const status = await lstat(path).catch(() => undefined);
  if (!status) return false;
  const checksum = new Checksum(file);
  if (!status.isFile() || status.size !== file.bytes) throw inTheWay(path);
  onCheck();
  await checksum.addFile(path, status.size, token);
  if (!checksum.matches()) throw inTheWay(path);
  return true;
}

/** Deletes what the record of a download names and the record itself, then the folders that hold nothing any more, up to `root`. */
export async function removeDownload(target: string, root: string): Promise<void> {
  const record = await readRecord(recordPathOf(target));
  for (const file of record?.files ?? []) {
    const path = fetchedPathOf(target, file);
    await rm(path, { force: true });
    await removeEmptyFolders(dirname(path), root);
  }
  await rm(recordPathOf(target), { force: true });
  await removeEmptyFolders(dirname(target), root);
}

async function removeEmptyFolders(folder: string, root: string): Promise<void> {
  for (let place = folder; isBelow(place, root); place = dirname(place)) {
    try {
      await rmdir(place);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") return;
    }
  }
}

function isBelow(place: string, root: string): boolean {
  const path = relative(root, place);
  return path !== "" && path !== ".." && !path.startsWith(`..${sep}`) && !/^[a-z]:/i.test(path);
}

/** Folders in folders that are looked through, and entries at most: a folder of downloads has three levels. */
const deepest = 6;
const mostEntries = 50_000;

/** The downloads below a folder that did not come to their end. Links are not followed. */
export async function unfinishedBelow(folder: string): Promise<readonly { readonly target: string; readonly record: DownloadRecord }[]> {
  const found: { target: string; record: DownloadRecord }[] = [];
  let left = mostEntries;
  const look = async (place: string, depth: number): Promise<void> => {
    const entries = await readdir(place, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (--left < 0) return;
      const path = join(place, entry.name);
      if (entry.isDirectory() && depth < deepest && !entry.name.startsWith(".")) await look(path, depth + 1);
      const target = entry.isFile() ? targetOfRecord(path) : undefined;
      const record = target === undefined ? undefined : await readRecord(path);
      if (target !== undefined && record) found.push({ target, record });
    }
  };
  await look(folder, 1);
  return found;
}

/** Milliseconds after which a process that wrote nothing has left its files behind. */
const staleAfter = 300_000;

/** Whether another process that is alive fetches it: another window, or a command line. */
export async function isTaken(target: string, record: DownloadRecord): Promise<boolean> {
  if (record.writer === undefined || record.writer === process.pid || !isAlive(record.writer)) return false;
  const paths = [recordPathOf(target), ...record.files.map((file) => fetchedPathOf(target, file))];
  const times = await Promise.all(paths.map(async (path) => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0));
  return times.some((time) => Date.now() - time < staleAfter);
}

export async function checkNotTaken(target: string): Promise<void> {
  const record = await readRecord(recordPathOf(target));
  if (record && (await isTaken(target, record))) {
    throw new HumanError("outputExists", `${record.label} of ${record.repository} is being fetched by another window or command: wait until it has ended.`);
  }
}

function isAlive(pid: number): boolean {
  if (pid < 1) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
