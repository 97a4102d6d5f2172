import { readFile, readdir, realpath, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Emitter } from "../../core/emitter";
import { describeModel, familyOfName } from "../../core/gguf/header";
import type { ModelFile, QuantType } from "../../protocol/model";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import { readGgufFile } from "../ggufFile";
import type { Log } from "../ports";

/** A base model and its levels, largest first. */
export interface ModelFamily {
  readonly name: string;
  readonly builtIn: boolean;
  readonly files: readonly ModelFile[];
}

export interface ModelLibraryOptions {
  /** Folders to look in, workspace folders included; asked afresh at every scan. */
  folders(): readonly string[];
  /** Folder of the models that ship with Decant. */
  readonly builtInFolder?: string;
  /** Where headers read before are kept, by path, size and time. */
  readonly cacheFile?: string;
  readonly log: Log;
}

interface CachedModel {
  readonly bytes: number;
  readonly modified: number;
  readonly model: ModelFile;
}

const unquantized: ReadonlySet<string> = new Set(["F32", "F16", "BF16"]);
const maximumDepth = 8;
const skippedFolders = new Set(["node_modules", ".git", ".hg", ".svn"]);

/** Knows every GGUF file in the folders, by its header alone. */
export class ModelLibrary {
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  #scan: Promise<readonly ModelFile[]> | undefined;
  #cache: Promise<Map<string, CachedModel>> | undefined;
  /** Saves follow each other: two scans at once would write into one partial file. */
  #saving: Promise<void> = Promise.resolve();

  constructor(private readonly options: ModelLibraryOptions) {}

  /** All models found, grouped; the built-in family first, then by name. Scans once until refresh(). */
  async families(): Promise<readonly ModelFamily[]> {
    return groupByFamily(await this.models());
  }

  models(): Promise<readonly ModelFile[]> {
    this.#scan ??= this.#scanFolders();
    return this.#scan;
  }

  /**
   * The model that a level was made from: the largest unquantized file of its family with the same number of weights.
   * The model itself where there is none, or where it is one.
   */
  async originalOf(model: ModelFile): Promise<ModelFile> {
    if (unquantized.has(model.type)) return model;
    const family = (await this.models()).filter(({ family, parameters, problem }) => family === model.family && parameters === model.parameters && !problem);
    const originals = family.filter(({ type }) => unquantized.has(type)).sort((a, b) => b.bytes - a.bytes);
    return originals[0] ?? model;
  }

  refresh(): void {
    this.#scan = undefined;
    this.#changed.fire();
  }

  /** One file, from the cache while its size and time are the same. A file that cannot be used carries its problem. */
  async describe(path: string, builtIn = false): Promise<ModelFile> {
    const status = await stat(path).catch(() => undefined);
    const cache = await this.#loadCache();
    const known = cache.get(path);
    if (known && status && known.bytes === status.size && known.modified === status.mtimeMs) return mark(known.model, builtIn);
    const model = await this.#read(path, status?.size ?? 0);
    // A problem may be mended without touching the file (permissions, a newer reader): it is looked at anew.
    if (status && !model.problem) cache.set(path, { bytes: status.size, modified: status.mtimeMs, model });
    return mark(model, builtIn);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #read(path: string, bytes: number): Promise<ModelFile> {
    try {
      const file = await readGgufFile(path);
      if (file.header.metadata["general.type"] === "imatrix") throw new HumanError("unsupported", "This is an importance matrix, not a model.");
      return describeModel(path, file.header, file.bytes);
    } catch (error) {
      return { path, family: familyOfName(path), type: "unknown", bytes, parameters: 0, architecture: "unknown", contextLength: 0, problem: sentenceOf(error) };
    }
  }

  async #scanFolders(): Promise<readonly ModelFile[]> {
    const { builtInFolder } = this.options;
    const found = new Map<string, ModelFile>();
    const visited = new Set<string>();
    for (const folder of [...(builtInFolder ? [builtInFolder] : []), ...this.options.folders()]) {
      for await (const path of ggufFiles(folder, visited)) {
        if (!found.has(path)) found.set(path, await this.describe(path, folder === builtInFolder && isShipped(path)));
      }
    }
    const { cacheFile } = this.options;
    if (cacheFile) await (this.#saving = this.#saving.then(() => this.#saveCache(cacheFile, new Set(found.keys()))));
    return [...found.values()];
  }

  #loadCache(): Promise<Map<string, CachedModel>> {
    return (this.#cache ??= this.#readCache());
  }

  async #readCache(): Promise<Map<string, CachedModel>> {
    const { cacheFile, log } = this.options;
    if (!cacheFile) return new Map();
    try {
      const entries = JSON.parse(await readFile(cacheFile, "utf8")) as { version: number; models: [string, CachedModel][] };
      if (entries.version === cacheVersion) return new Map(entries.models);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") log.info(`Model cache is read anew: ${sentenceOf(error)}`);
    }
    return new Map();
  }

  async #saveCache(cacheFile: string, alive: ReadonlySet<string>): Promise<void> {
    const models = [...(await this.#loadCache())].filter(([path]) => alive.has(path));
    try {
      await writeFile(`${cacheFile}.partial`, JSON.stringify({ version: cacheVersion, models }));
      await rename(`${cacheFile}.partial`, cacheFile);
    } catch (error) {
      this.options.log.error("The model cache could not be written.", error);
    }
  }
}

/** Raised whenever what is cached of a file changes its meaning. */
const cacheVersion = 1;

/** Every .gguf below a folder. Folders reached twice (links, loops) are read once; unreadable ones are passed over. */
async function* ggufFiles(folder: string, visited: Set<string>, depth = 0): AsyncGenerator<string> {
  const real = await realpath(folder).catch(() => undefined);
  if (real === undefined || visited.has(real) || depth > maximumDepth) return;
  visited.add(real);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
    if (kind?.isDirectory() && !skippedFolders.has(entry.name)) yield* ggufFiles(path, visited, depth + 1);
    else if (kind?.isFile() && /(?<!\.imatrix)\.gguf$/i.test(entry.name)) yield path;
  }
}

/** Only the original of the built-in folder ships; levels that a person made beside it are theirs. */
function isShipped(path: string): boolean {
  return /-F16\.gguf$/i.test(path);
}

function mark(model: ModelFile, builtIn: boolean): ModelFile {
  return builtIn ? { ...model, builtIn: true } : model;
}

function groupByFamily(models: readonly ModelFile[]): readonly ModelFamily[] {
  const groups = new Map<string, ModelFile[]>();
  for (const model of models) groups.set(model.family, [...(groups.get(model.family) ?? []), model]);
  return [...groups]
    .map(([name, files]) => ({
      name,
      builtIn: files.some((file) => file.builtIn === true),
      files: files.sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1)),
    }))
    .sort((a, b) => Number(b.builtIn) - Number(a.builtIn) || a.name.localeCompare(b.name));
}

/** e.g. "contracts-4m Q8_0". */
export function modelName(model: { readonly family: string; readonly type: QuantType | "unknown" }): string {
  return model.type === "unknown" ? model.family : `${model.family} ${model.type}`;
}
