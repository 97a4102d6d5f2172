import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, sep } from "node:path";
import type { FileFacts } from "../../core/models/fileFacts";
import { sentenceOf } from "../../protocol/humanError";
import type { Log } from "../ports";

interface Entry {
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly facts: FileFacts;
  /** Day since 1970 when a scan last met it. */
  seen: number;
}

/** Raised whenever what is kept of a file changes its meaning. */
const version = 3;
/** Days that a file outside of the folders at hand (another window's) is remembered. */
const remembered = 30;
const mostEntries = 20_000;

/** What headers said, by path, size and time of change, kept between sessions. Windows share the file: what another wrote meanwhile is kept too. */
export class HeaderCache {
  #entries: Promise<Map<string, Entry>> | undefined;
  #dirty = false;
  /** Saves follow each other: two at once would write into one partial file. */
  #saving: Promise<void> = Promise.resolve();

  constructor(private readonly file: string | undefined, private readonly log: Log) {}

  async get(path: string, bytes: number, modified: number): Promise<FileFacts | undefined> {
    const entry = (await this.#load()).get(path);
    if (!entry || entry.bytes !== bytes || entry.modified !== modified) return undefined;
    if (entry.seen !== today()) this.#dirty = true;
    entry.seen = today();
    return entry.facts;
  }

  async set(path: string, bytes: number, modified: number, facts: FileFacts): Promise<void> {
    (await this.#load()).set(path, { bytes, modified, facts, seen: today() });
    this.#dirty = true;
  }

  /** Forgets files that vanished from the folders, writes the rest. */
  save(alive: ReadonlySet<string>, folders: readonly string[]): Promise<void> {
    return (this.#saving = this.#saving.then(() => this.#save(alive, folders)));
  }

  async #save(alive: ReadonlySet<string>, folders: readonly string[]): Promise<void> {
    const entries = await this.#load();
    const roots = folders.map((folder) => (folder.endsWith(sep) ? folder : folder + sep));
    const gone = (path: string): boolean => !alive.has(path) && roots.some((root) => path.startsWith(root));
    for (const path of entries.keys()) if (gone(path)) this.#dirty = entries.delete(path) || this.#dirty;
    const { file } = this;
    if (file === undefined || !this.#dirty) return;
    this.#dirty = false;
    for (const [path, entry] of await this.#read()) if (!gone(path) && !entries.has(path)) entries.set(path, entry);
    const kept = [...entries].filter(([, { seen }]) => seen > today() - remembered).sort((a, b) => b[1].seen - a[1].seen).slice(0, mostEntries);
    const partial = `${file}.${process.pid}.partial`;
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(partial, JSON.stringify({ version, models: kept }));
      await rename(partial, file);
    } catch (error) {
      this.log.error("The model cache could not be written.", error);
    }
  }

  #load(): Promise<Map<string, Entry>> {
    return (this.#entries ??= this.#read());
  }

  async #read(): Promise<Map<string, Entry>> {
    if (this.file === undefined) return new Map();
    try {
      const kept = JSON.parse(await readFile(this.file, "utf8")) as { version?: unknown; models?: unknown } | null;
      if (kept?.version === version && Array.isArray(kept.models)) return new Map((kept.models as unknown[]).filter(isEntry));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.log.info(`Model cache is read anew: ${sentenceOf(error)}`);
    }
    return new Map();
  }
}

function isEntry(value: unknown): value is [string, Entry] {
  if (!Array.isArray(value) || typeof value[0] !== "string") return false;
  const entry = value[1] as Partial<Entry> | null;
  return typeof entry?.bytes === "number" && typeof entry.modified === "number" && typeof entry.seen === "number" && typeof entry.facts?.model?.path === "string" && typeof entry.facts.model.family === "string";
}

function today(): number {
  return Math.floor(Date.now() / 86_400_000);
}
