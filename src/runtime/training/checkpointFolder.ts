import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { MetadataEntry, WrittenTensor } from "../../core/gguf/writer";
import { checkpointName, damaged, parseCheckpoint, type SavedFile, type SavedTraining } from "../../core/training/checkpoint";
import { HumanError } from "../../protocol/humanError";
import { writingFailed } from "../compression/outputPlace";
import { FolderLock } from "./folderLock";
import { writeValues } from "./valuesFile";

/** What training puts into its folder; whatever else lies there is somebody's own. */
const ours = /^(values-\d+\.gguf|student-F32\.gguf|start\.gguf|checkpoint\.json)(\.new|\.partial)?$/;

/** The state of an unfinished training. Whenever the process ends, what checkpoint.json names is whole. */
export class CheckpointFolder {
  constructor(readonly folder: string) {}

  /** The student with weights that can learn, where it is of another type. */
  get student(): string {
    return join(this.folder, "student-F32.gguf");
  }

  pathOf({ name }: SavedFile): string {
    return join(this.folder, name);
  }

  /** Makes the folder, for one training at a time, until what this answers with is called. Throws a HumanError while another one has it. */
  async take(): Promise<() => Promise<void>> {
    await mkdir(this.folder, { recursive: true }).catch((error: unknown) => {
      throw writingFailed(this.folder, error);
    });
    const lock = await FolderLock.take(this.folder);
    return async () => {
      await lock.release();
      await this.#removeEmpty();
    };
  }

  /** Undefined where nothing was begun. Throws a HumanError for a damaged one. */
  async read(): Promise<SavedTraining | undefined> {
    const text = await readFile(join(this.folder, checkpointName), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw new HumanError("notReadable", `The checkpoint in ${this.folder} cannot be read (${error.message}).`, { cause: error });
    });
    if (text === undefined) return undefined;
    const saved = parseCheckpoint(text);
    for (const file of [saved.values, saved.best]) {
      const size = await stat(this.pathOf(file)).then(({ size: bytes }) => bytes, () => -1);
      if (size !== file.bytes) throw damaged();
    }
    return saved;
  }

  /** The file with the values of a step. */
  async writeValues(step: number, metadata: readonly MetadataEntry[], tensors: readonly WrittenTensor[], valuesOf: (tensor: WrittenTensor) => Float32Array): Promise<SavedFile> {
    const name = `values-${step}.gguf`;
    return { name, bytes: await writeValues(join(this.folder, name), metadata, tensors, valuesOf) };
  }

  /** The values that an adapter begins with. They lie beside those of the first step, which may be in use already. */
  async writeFirst(metadata: readonly MetadataEntry[], tensors: readonly WrittenTensor[], valuesOf: (tensor: WrittenTensor) => Float32Array): Promise<SavedFile> {
    const name = "start.gguf";
    return { name, bytes: await writeValues(join(this.folder, name), metadata, tensors, valuesOf) };
  }

  /** From now on a training goes on from here; files of earlier steps go. */
  async save(saved: SavedTraining): Promise<void> {
    const place = join(this.folder, checkpointName);
    try {
      const file = await open(`${place}.new`, "w");
      await file.writeFile(JSON.stringify(saved)).then(() => file.sync()).finally(() => file.close());
      await rename(`${place}.new`, place);
    } catch (error) {
      throw writingFailed(place, error);
    }
    const kept = [saved.values.name, saved.best.name];
    for (const name of await readdir(this.folder)) {
      if (name.startsWith("values-") && ours.test(name) && !kept.includes(name)) await rm(join(this.folder, name), { force: true });
    }
  }

  async remove(): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    // Without it the rest is nothing that could be gone on with.
    await rm(join(this.folder, checkpointName), { force: true });
    for (const name of names) if (ours.test(name)) await rm(join(this.folder, name), { force: true });
    await this.#removeEmpty();
  }

  async #removeEmpty(): Promise<void> {
    await rmdir(this.folder).catch(() => undefined); // not empty: what is left is not ours, or is gone on with
  }
}
