import { rm, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { llamaRelease } from "../../core/llamaRelease";
import { HumanError } from "../../protocol/humanError";
import type { JsonStore } from "../jsonStore";
import { fingerprint, hashOf } from "../tradeoffs/fingerprint";

/** Raised whenever what is kept changes its meaning. Another llama.cpp may write otherwise. */
const version = `1 ${llamaRelease}`;

interface Entry {
  readonly version: string;
  /** Names all that the file follows from. */
  readonly key: string;
  /** Of the file as it was written; absent while it is. */
  readonly content?: string;
  readonly made?: unknown;
}

/** Files that recipes made, by what they were made from: the same is not made twice, and no one else's file is written over. */
export class KeptFiles {
  constructor(private readonly store: JsonStore) {}

  /** What was noted of a file that was made from the same and is still as it was written. */
  async find<Made>(output: string, key: string): Promise<Made | undefined> {
    const entry = await this.#entry(output);
    if (entry?.key !== key || entry.version !== version || entry.content === undefined) return undefined;
    return (await contentOf(output)) === entry.content ? (entry.made as Made) : undefined;
  }

  /** Throws where a file stands that no recipe wrote, or that was changed since. */
  async checkPlace(output: string): Promise<void> {
    const content = await contentOf(output);
    if (content === undefined) return;
    const entry = await this.#entry(output);
    // Jobs refuse to write over a file: where one had begun, the file is its.
    if (entry && (entry.content === undefined || entry.content === content)) return;
    throw new HumanError("outputExists", `${basename(output)} exists already and was not made by this recipe: move it, or choose another folder.`);
  }

  /** Makes room for a file of a recipe and notes that it is being made. */
  async begin(output: string, key: string): Promise<void> {
    await this.checkPlace(output);
    await rm(output, { force: true });
    await this.store.write(nameOf(output), { version, key } satisfies Entry);
  }

  /** The key of what was begun last under this name. */
  async begun(output: string): Promise<string | undefined> {
    return (await this.#entry(output))?.key;
  }

  async keep(output: string, key: string, made: unknown): Promise<void> {
    await this.store.write(nameOf(output), { version, key, content: await contentOf(output), made } satisfies Entry);
  }

  #entry(output: string): Promise<Entry | undefined> {
    return this.store.read<Entry>(nameOf(output));
  }
}

function nameOf(output: string): string {
  return `recipe-file-${hashOf(resolve(output)).slice(0, 32)}`;
}

async function contentOf(path: string): Promise<string | undefined> {
  return (await stat(path).catch(() => undefined)) && fingerprint(path);
}
