import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { Emitter } from "../../core/emitter";
import { familyKey } from "../../core/models/familyName";
import { type FileFacts, type FoundFile, type ReadFile, factsOf, unreadFacts } from "../../core/models/fileFacts";
import { type ModelFamily, groupedByFamily, modelsAmong } from "../../core/models/library";
import type { ModelFile, ModelSource, QuantType } from "../../protocol/model";
import { sentenceOf } from "../../protocol/humanError";
import { readGgufSummary } from "../ggufFile";
import type { Log } from "../ports";
import { type Deletion, deletionOf } from "./deletion";
import { dependentsOf } from "./dependents";
import { discoveredFiles } from "./discovery";
import { HeaderCache } from "./headerCache";
import { mapBounded } from "./mapBounded";
import { partsOf } from "./modelParts";
import { type Places, modelPlaces, surroundings } from "./places";

export type { ModelFamily };

export interface ModelLibraryOptions {
  /** Folders to look in, workspace folders included; asked afresh at every scan. */
  folders(): readonly string[];
  /** Those of the folders that are the workspace's: links in them are not followed to folders elsewhere. */
  workspaceFolders?(): readonly string[];
  /** Programs whose stores to look in; none when absent. Asked afresh at every scan. */
  sources?(): readonly ModelSource[];
  /** Where those stores are; absent for this machine's. */
  readonly places?: Places | undefined;
  /** Folder of the models that ship with Decant. */
  readonly builtInFolder?: string | undefined;
  /** Where headers read before are kept, by path, size and time. */
  readonly cacheFile?: string | undefined;
  readonly log: Log;
}

/** Headers read at the same time: reading waits for the disk, parsing for the one thread. */
const readers = 8;
const unquantized: ReadonlySet<string> = new Set(["F32", "F16", "BF16"]);

/** Knows every GGUF file in the folders and in other programs' stores, by its header alone. Nothing is copied. */
export class ModelLibrary {
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #cache: HeaderCache;
  readonly #places: Places;
  #scan: Promise<readonly ModelFile[]> | undefined;
  /** What the last scan listed, by the path of each file and part. */
  #listed: ReadonlyMap<string, ModelFile> = new Map();

  constructor(private readonly options: ModelLibraryOptions) {
    this.#cache = new HeaderCache(options.cacheFile, options.log);
    this.#places = options.places ?? modelPlaces(surroundings());
  }

  /** All models found, grouped; the built-in family first, then by name. What is attached to a model stands only there. */
  async families(): Promise<readonly ModelFamily[]> {
    return groupedByFamily(await this.files());
  }

  /** What can be loaded, quantized and measured: no projectors, no adapters. */
  async models(): Promise<readonly ModelFile[]> {
    return (await this.files()).filter(({ role = "model" }) => role === "model");
  }

  /** Everything found; projectors and adapters say by their role what they are. Scans once until refresh(). */
  files(): Promise<readonly ModelFile[]> {
    this.#scan ??= this.#scanPlaces();
    return this.#scan;
  }

  /** All places that are looked in, whether they exist or not. */
  watchedFolders(): readonly string[] {
    const { builtInFolder, folders, sources } = this.options;
    return [...new Set([...(builtInFolder === undefined ? [] : [builtInFolder]), ...(sources?.() ?? []).flatMap((source) => this.#places[source]), ...folders()])];
  }

  /**
   * The model that a level was made from: the largest unquantized file of its family with the same number of weights.
   * The model itself where there is none, or where it is one.
   */
  async originalOf(model: ModelFile): Promise<ModelFile> {
    if (unquantized.has(model.type)) return model;
    const key = familyKey(model.family);
    const originals = (await this.models()).filter(({ family, parameters, problem, type }) => unquantized.has(type) && familyKey(family) === key && parameters === model.parameters && !problem);
    return [...originals].sort((a, b) => b.bytes - a.bytes)[0] ?? model;
  }

  /** Everything that would miss a model: what was made from it, what is attached to it, and the tags that share its file. */
  async dependents(model: ModelFile): Promise<readonly ModelFile[]> {
    return dependentsOf(model, await this.files());
  }

  /** What deleting a model removes and frees. */
  deletion(model: ModelFile): Promise<Deletion> {
    return deletionOf(model, this.options.log);
  }

  refresh(): void {
    this.#scan = undefined;
    this.#changed.fire();
  }

  /** One file, all parts of it if it was split, from the cache while its size and time are the same. A file that cannot be used carries its problem. */
  async describe(path: string, builtIn = false): Promise<ModelFile> {
    const parts = await partsOf(path);
    const read = await mapBounded(parts, readers, (part) => this.#read({ path: part }));
    const [model] = modelsAmong(read.map(({ found, facts: { matrix: _, ...facts } }) => ({ found, facts })));
    const described = model ?? unreadFacts(path, 0, `${basename(path)} cannot be described.`).model;
    const listed = this.#listed.get(path);
    if (listed && listed.bytes === described.bytes && listed.problem === described.problem) return listed;
    const matrix = read[0]?.facts.matrix === true && described.problem === undefined;
    return { ...described, ...(builtIn && { builtIn }), ...(matrix && { problem: "This is an importance matrix, not a model." }) };
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #scanPlaces(): Promise<readonly ModelFile[]> {
    const { builtInFolder, folders, workspaceFolders, sources, log } = this.options;
    const found = await discoveredFiles({ builtInFolder, sources: sources?.() ?? [], places: this.#places, folders: folders(), workspaceFolders: workspaceFolders?.() ?? [] }, log);
    const models = modelsAmong(await mapBounded(found, readers, (file) => this.#read(file)));
    this.#listed = new Map(models.flatMap((model) => [model.path, ...(model.parts?.paths ?? [])].map((path) => [path, model])));
    await this.#cache.save(new Set(found.map(({ path }) => path)), this.watchedFolders());
    return models;
  }

  async #read(found: FoundFile): Promise<ReadFile> {
    const { path } = found;
    const status = await stat(path).catch(() => undefined);
    const bytes = status?.isFile() ? status.size : 0;
    if (found.problem !== undefined) return { found, facts: unreadFacts(path, bytes, found.problem) };
    const known = status && (await this.#cache.get(path, bytes, status.mtimeMs));
    return { found, facts: known ?? (await this.#readHeader(path, bytes, status?.mtimeMs ?? 0)) };
  }

  async #readHeader(path: string, bytes: number, modified: number): Promise<FileFacts> {
    try {
      const file = await readGgufSummary(path);
      const facts = factsOf(path, file.header, file.bytes);
      // A problem may be mended without touching the file (permissions, a newer reader): it is not kept.
      if (facts.model.problem === undefined) await this.#cache.set(path, bytes, modified, facts);
      return facts;
    } catch (error) {
      return unreadFacts(path, bytes, sentenceOf(error));
    }
  }
}

/** e.g. "contracts-4m Q8_0". */
export function modelName(model: { readonly family: string; readonly type: QuantType | "unknown" }): string {
  return model.type === "unknown" ? model.family : `${model.family} ${model.type}`;
}
