import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { count, object } from "../../core/hub/answer";
import { isRepositoryId } from "../../core/hub/repositoryId";
import { plainText, safeRelativePath } from "../../core/models/safePath";
import type { HubChoice, HubDetails, HubFile } from "../../protocol/hub";
import { diskFailure } from "./diskFailure";

/** A file that is being fetched, and where it goes. */
export interface RecordedFile extends HubFile {
  /** Relative to the folder that the record lies in, with "/" between folders. */
  readonly place: string;
  /** Of the bytes that are there. */
  etag?: string;
}

/** What must be known to go on with a download: a JSON file beside its target, until it is done. It says no address and no token. */
export interface DownloadRecord {
  readonly version: 1;
  readonly repository: string;
  /** Commit. */
  readonly revision: string;
  readonly label: string;
  readonly files: readonly RecordedFile[];
  /** The process that fetches it. */
  writer?: number;
}

/** Of its own: what other jobs write to `.partial` files is theirs, and they may sweep those away. */
const fetchedSuffix = ".download";
const suffix = `${fetchedSuffix}.json`;
const mostFiles = 2000;
const mostBytes = 4 * 2 ** 20;

export function recordPathOf(target: string): string {
  return target + suffix;
}

/** The target of a record's file; undefined for other files. */
export function targetOfRecord(path: string): string | undefined {
  return path.endsWith(suffix) ? path.slice(0, -suffix.length) : undefined;
}

/** Where a choice will lie below a folder of downloads: `<owner>/<name>/` and its path in the repository; a checkpoint is that folder. */
export function targetOf(folder: string, { model }: HubDetails, choice: HubChoice): string {
  const home = join(folder, ...model.id.split("/"));
  return choice.format === "gguf" ? join(home, ...choice.id.split("/")) : home;
}

export function recordOf({ model, revision }: HubDetails, choice: HubChoice, target: string): DownloadRecord {
  const place = (path: string): string => (choice.format === "gguf" ? path.split("/").at(-1)! : `${basename(target)}/${path}`);
  return { version: 1, repository: model.id, revision, label: choice.label, files: choice.files.map((file) => ({ ...file, place: place(file.path) })) };
}

export function finalPathOf(target: string, file: RecordedFile): string {
  return join(dirname(target), ...file.place.split("/"));
}

/** Where the bytes of a file are until it is whole. Only one that a record names is a download's. */
export function fetchedPathOf(target: string, file: RecordedFile): string {
  return finalPathOf(target, file) + fetchedSuffix;
}

/** Undefined for a file that is none: anyone may have put it there, so nothing in it is believed. */
export async function readRecord(path: string): Promise<DownloadRecord | undefined> {
  try {
    if ((await stat(path)).size > mostBytes) return undefined;
    return recordIn(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}

/** Written whole or not at all; makes the folders that it goes into. */
export async function writeRecord(target: string, record: DownloadRecord): Promise<void> {
  const path = recordPathOf(target);
  const begun = `${path}.${process.pid}`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(begun, JSON.stringify(record, undefined, 2));
    await rename(begun, path);
  } catch (error) {
    await rm(begun, { force: true }).catch(() => undefined);
    throw diskFailure(target, error);
  }
}

function recordIn(value: unknown): DownloadRecord | undefined {
  const json = object(value);
  const { version, repository, revision, label, files, writer } = json ?? {};
  if (version !== 1 || typeof repository !== "string" || !isRepositoryId(repository) || typeof revision !== "string" || !/^[0-9a-f]{40}$/.test(revision)) return undefined;
  if (!Array.isArray(files) || files.length === 0 || files.length > mostFiles) return undefined;
  const recorded = files.map(fileIn);
  if (recorded.some((file) => file === undefined)) return undefined;
  return { version, repository, revision, label: plainText(String(label)), files: recorded as RecordedFile[], writer: count(writer) };
}

function fileIn(value: unknown): RecordedFile | undefined {
  const { path, bytes, sha256, gitBlob, place, etag } = object(value) ?? {};
  const size = count(bytes);
  if (typeof path !== "string" || size === undefined || typeof place !== "string") return undefined;
  if (safeRelativePath(path) === undefined || safeRelativePath(place) === undefined) return undefined;
  const digest = (text: unknown, digits: number): string | undefined => (typeof text === "string" && text.length === digits && /^[0-9a-f]+$/.test(text) ? text : undefined);
  return { path, bytes: size, place, sha256: digest(sha256, 64), gitBlob: digest(gitBlob, 40), ...(typeof etag === "string" && etag.length < 200 && { etag }) };
}
