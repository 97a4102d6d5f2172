import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sentenceOf } from "../protocol/humanError";
import type { Log } from "./ports";

/** Small JSON files in one folder, each written whole or not at all. Without a folder nothing is kept. */
export class JsonStore {
  /** Saves follow each other: two at once would write into one partial file. */
  #saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly folder: string | undefined,
    private readonly log: Log,
  ) {}

  /** Undefined when there is no such file or it is damaged, which is noted in the log. */
  async read<T>(name: string): Promise<T | undefined> {
    if (!this.folder) return undefined;
    try {
      return JSON.parse(await readFile(this.#path(this.folder, name), "utf8")) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.log.info(`${name} is made anew: ${sentenceOf(error)}`);
      return undefined;
    }
  }

  /** Failing to keep a result must not lose it for the person who waits for it: it is noted in the log. */
  write(name: string, value: unknown): Promise<void> {
    const { folder } = this;
    if (!folder) return Promise.resolve();
    const text = JSON.stringify(value);
    this.#saving = this.#saving.then(async () => {
      const path = this.#path(folder, name);
      try {
        await mkdir(dirname(path), { recursive: true });
        const partial = `${path}.${process.pid}.partial`;
        await writeFile(partial, text);
        await rename(partial, path);
      } catch (error) {
        this.log.error(`${path} could not be written.`, error);
      }
    });
    return this.#saving;
  }

  #path(folder: string, name: string): string {
    return join(folder, `${name}.json`);
  }
}
