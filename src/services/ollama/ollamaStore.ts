import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { FoundFile } from "../../core/models/fileFacts";
import { type OllamaLayer, longestManifest, ollamaName, ollamaRoles, parseOllamaManifest } from "../../core/models/ollamaManifest";
import { plainText } from "../../core/models/safePath";
import { sentenceOf } from "../../protocol/humanError";
import { isInside } from "../models/inside";
import type { Log } from "../ports";
import { readBeginning, readSmallFile } from "../smallFile";

/** One tag of Ollama's store. */
export interface OllamaTag {
  readonly name: string;
  /** Path of its manifest. */
  readonly path: string;
  readonly layers: readonly OllamaLayer[];
}

export interface OllamaStore {
  readonly tags: readonly OllamaTag[];
  /** Tags whose manifest cannot be read; what they use is not known. */
  readonly unreadable: readonly UnreadableTag[];
  /** Why there may be tags that are not known; a clause without a full stop. */
  readonly incomplete?: string;
}

/** `problem` is a sentence. */
export interface UnreadableTag extends Omit<OllamaTag, "layers"> {
  readonly problem: string;
}

/** All tags: manifests/REGISTRY/NAMESPACE/NAME/TAG. The depth is fixed, so loops of links end. */
export async function readOllamaStore(models: string, log: Log, most = 5000): Promise<OllamaStore> {
  const tags: OllamaTag[] = [];
  const unreadable: UnreadableTag[] = [];
  const manifests = join(models, "manifests");
  let incomplete: string | undefined;
  const passOver = (path: string, reason: string): void => {
    incomplete = "not all manifests of Ollama's store can be read, and others";
    log.info(`${path} is passed over: ${reason}`);
  };
  for await (const [host, namespace, name, tag] of pathsOf(manifests, 4, await realpath(manifests).catch(() => manifests), passOver)) {
    if (tags.length + unreadable.length >= most) {
      incomplete = `Ollama's store has more than ${most} tags, and those that are not read`;
      log.info(`${models} has more than ${most} tags: the rest is passed over.`);
      break;
    }
    // Files of the system (.DS_Store) are no tags.
    if (tag!.startsWith(".")) continue;
    const path = join(manifests, host!, namespace!, name!, tag!);
    const known = { name: plainText(ollamaName(host!, namespace!, name!, tag!)), path };
    try {
      tags.push({ ...known, layers: parseOllamaManifest(await readSmallFile(path, longestManifest)).layers });
    } catch (error) {
      unreadable.push({ ...known, problem: sentenceOf(error) });
    }
  }
  return { tags, unreadable, ...(incomplete !== undefined && { incomplete }) };
}

export function blobPath(models: string, digest: string): string {
  return join(models, "blobs", `sha256-${digest}`);
}

/** Models, projectors and adapters of all tags; what several tags share is one file with all their names. */
export async function ollamaFiles(models: string, log: Log): Promise<readonly FoundFile[]> {
  const files = new Map<string, FoundFile>();
  const { tags, unreadable } = await readOllamaStore(models, log);
  const blobs = await realpath(join(models, "blobs")).catch(() => undefined);
  for (const { name, path, problem } of unreadable) files.set(path, { path, source: "ollama", role: "model", names: [name], problem });
  for (const { name, layers } of tags) {
    const weights = layers.filter(({ kind }) => kind === "model").map(({ digest }) => blobPath(models, digest));
    if (weights.length === 0) log.info(`${name} has no weights in GGUF in Ollama's store: it is passed over.`);
    for (const layer of layers) {
      const role = ollamaRoles[layer.kind];
      if (!role || weights.length === 0) continue;
      const path = blobPath(models, layer.digest);
      const real = await realpath(path).catch(() => undefined);
      if (real !== undefined && !(blobs !== undefined && isInside(real, blobs))) {
        log.info(`${path} of ${name} leads out of Ollama's store: it is passed over.`);
        continue;
      }
      const known = files.get(path);
      const names = [...new Set([...(known?.names ?? []), name])];
      const belongsTo = [...new Set([...(known?.belongsTo ?? []), ...weights])];
      const problem = known ? known.problem : await problemOf(path, layer, name);
      const license = known ? known.license : await licenseOf(models, layers);
      files.set(path, { path, source: "ollama", role, names, ...(role !== "model" && { belongsTo }), ...(license && { license }), ...(problem && { problem }) });
    }
  }
  return [...files.values()];
}

async function problemOf(path: string, { bytes }: OllamaLayer, name: string): Promise<string | undefined> {
  const again = `Run "ollama pull ${name}" to fetch it again.`;
  const status = await stat(path).catch(() => undefined);
  if (!status) {
    const begun = (await stat(`${path}-partial`).catch(() => undefined)) !== undefined;
    return begun ? `Ollama has not finished downloading it. ${again}` : `Ollama lists it, but its file is missing from the store. ${again}`;
  }
  if (!status.isFile()) return `What Ollama's store has in its place is not a file. ${again}`;
  return status.size === bytes ? undefined : `Its file in Ollama's store has ${status.size} bytes instead of ${bytes}. ${again}`;
}

/** The first line of a licence's text, e.g. "LLAMA 3.2 COMMUNITY LICENSE AGREEMENT". */
async function licenseOf(models: string, layers: readonly OllamaLayer[]): Promise<string | undefined> {
  const layer = layers.find(({ kind }) => kind === "license");
  if (!layer) return undefined;
  const text = await readBeginning(blobPath(models, layer.digest), 1000).catch(() => undefined);
  const line = text?.text.split(/\r?\n/).map((part) => part.trim()).find((part) => part !== "");
  return line === undefined ? undefined : plainText(line, 100);
}

/** Paths of exactly so many names below a folder; links that lead out of `home` and folders that cannot be read are told. */
async function* pathsOf(folder: string, depth: number, home: string, passOver: (path: string, reason: string) => void): AsyncGenerator<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (!isAbsent(error)) passOver(folder, sentenceOf(error));
    return [];
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    const target = entry.isSymbolicLink() ? await realpath(path).catch(() => undefined) : undefined;
    if (target !== undefined && !isInside(target, home)) passOver(path, "it leads out of the store.");
    else if (depth === 1) yield [entry.name];
    else for await (const rest of pathsOf(path, depth - 1, home, passOver)) yield [entry.name, ...rest];
  }
}

/** No folder, or a file in its place: there is nothing in it. */
function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}
