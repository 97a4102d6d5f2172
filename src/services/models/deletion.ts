import { lstat, realpath, stat } from "node:fs/promises";
import { basename, dirname, sep } from "node:path";
import type { ModelFile } from "../../protocol/model";
import type { Log } from "../ports";
import { tagsOf } from "./dependents";
import { linkedFilesBelow } from "./ggufFolder";
import { blobPath, readOllamaStore } from "../ollama/ollamaStore";

/** What deleting removes and frees. */
export interface Deletion {
  readonly files: readonly string[];
  /** Freed on the disk. */
  readonly bytes: number;
  /** One sentence where something that belongs to it stays, and why. */
  readonly keeps?: string;
}

/**
 * All parts of a split model; the links and the blob of a hub's cache; of Ollama's store the manifests of the tags named
 * (`name`) and the blobs that no other manifest uses. The file that a plain link stands for stays.
 */
export async function deletionOf(model: ModelFile, log: Log): Promise<Deletion> {
  if (model.source === "ollama" && isBlob(model.path)) return ollamaDeletion(model, log);
  const paths = model.parts?.paths ?? [model.path];
  const repository = hubRepository(model.path);
  const removals = await Promise.all(paths.map((path) => (repository === undefined ? fileDeletion(path) : hubDeletion(path, repository, log))));
  const keeps = removals.find((removal) => removal.keeps !== undefined)?.keeps;
  return {
    files: removals.flatMap(({ files }) => files),
    bytes: removals.reduce((sum, { bytes }) => sum + bytes, 0),
    ...(keeps !== undefined && { keeps }),
  };
}

async function fileDeletion(path: string): Promise<Deletion> {
  const status = await lstat(path).catch(() => undefined);
  if (!status) return { files: [], bytes: 0 };
  if (status.isSymbolicLink()) {
    const target = await realpath(path).catch(() => undefined);
    return { files: [path], bytes: 0, ...(target !== undefined && { keeps: `The file itself stays at ${target}: this is a link to it.` }) };
  }
  if (status.nlink > 1) return { files: [path], bytes: 0, keeps: "Nothing is freed: the same data has another name on this disk (a hard link)." };
  return { files: [path], bytes: status.size };
}

/** The folder of a repository in a hub's cache that a path lies in. */
function hubRepository(path: string): string | undefined {
  return /^(.*[\\/]models--[^\\/]+)[\\/]snapshots[\\/]/s.exec(path)?.[1];
}

async function hubDeletion(path: string, repository: string, log: Log): Promise<Deletion> {
  const blob = await realpath(path).catch(() => undefined);
  const blobs = await realpath(repository).then((real) => `${real}${sep}blobs${sep}`, () => undefined);
  // A link that leaves its repository was made by someone else: only the link is removed.
  if (blob === undefined || blobs === undefined || !blob.startsWith(blobs)) return fileDeletion(path);
  const links = await linkedFilesBelow(`${repository}${sep}snapshots`, blob, log);
  return { files: [...new Set([path, ...links]), blob], bytes: (await stat(blob)).size };
}

async function ollamaDeletion(model: ModelFile, log: Log): Promise<Deletion> {
  const models = dirname(dirname(model.path));
  const { tags, unreadable, incomplete } = await readOllamaStore(models, log);
  const named = new Set(tagsOf(model));
  const digest = basename(model.path).slice("sha256-".length);
  const isMissing = !(await exists(model.path));
  const doomed = tags.filter(({ name, layers }) => named.has(name) && layers.some((layer) => layer.digest === digest));
  const staying = tags.filter((tag) => !doomed.includes(tag));
  const used = new Set(staying.flatMap(({ layers }) => layers.map((layer) => layer.digest)));
  const manifests = doomed.map(({ path }) => path);
  const count = unreadable.length === 1 ? "one manifest" : `${unreadable.length} manifests`;
  const unknown = incomplete ?? (unreadable.length > 0 ? `${count} of Ollama's store cannot be read, and` : undefined);
  if (unknown !== undefined) return { files: manifests, bytes: await sizeOf(manifests), ...(!isMissing && { keeps: `The weights stay: ${unknown} may use them.` }) };
  const digests = new Set(doomed.flatMap(({ layers }) => layers.map((layer) => layer.digest)));
  const candidates = [...digests].filter((blob) => !used.has(blob)).map((blob) => blobPath(models, blob));
  const blobs: string[] = [];
  for (const path of candidates) if (await exists(path)) blobs.push(path);
  const files = [...manifests, ...blobs];
  const sharers = staying.filter(({ layers }) => layers.some((layer) => layer.digest === digest)).map(({ name }) => name);
  return {
    files,
    bytes: await sizeOf(files),
    ...(sharers.length > 0 && !isMissing && { keeps: `The weights stay: ${sharers.slice(0, 5).join(", ")}${sharers.length > 5 ? " and more" : ""} ${sharers.length === 1 ? "uses" : "use"} them too.` }),
  };
}

function isBlob(path: string): boolean {
  return /^sha256-[0-9a-f]{64}$/.test(basename(path)) && basename(dirname(path)) === "blobs";
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false);
}

async function sizeOf(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map((path) => lstat(path).then(({ size }) => size, () => 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
