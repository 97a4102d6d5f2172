import { rename, rm, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { llamaRelease } from "../../core/llamaRelease";
import { HumanError } from "../../protocol/humanError";
import type { JsonStore } from "../jsonStore";
import type { Job } from "../ports";
import { fingerprint, hashOf } from "../tradeoffs/fingerprint";

/** Raised whenever what is kept changes its meaning. Another llama.cpp may write otherwise. */
const version = `1 ${llamaRelease}`;

interface Entry {
  readonly version: string;
  /** Names all that the file follows from. */
  readonly key: string;
  /** Of the file as it was written. */
  readonly content?: string;
  readonly made?: unknown;
}

/** Files that recipes made, by what they were made from: the same is not made twice, and no one else's file is written over. */
export class KeptFiles {
  constructor(private readonly store: JsonStore) {}

  /** What was noted of a file that was made from the same and is still as it was written. */
  async find<Made>(output: string, key: string): Promise<Made | undefined> {
    await restore(output);
    const entry = await this.#entry(output);
    if (entry?.key !== key || entry.version !== version || entry.content === undefined) return undefined;
    return (await contentOf(output)) === entry.content ? (entry.made as Made) : undefined;
  }

  /** Throws where a file stands that no recipe wrote, or that was changed since. */
  async checkPlace(output: string): Promise<void> {
    await restore(output);
    const content = await contentOf(output);
    if (content === undefined || (await this.#entry(output))?.content === content) return;
    throw new HumanError("outputExists", `${basename(output)} exists already, and nothing is noted of a recipe that made it as it is: move it, or choose another folder.`);
  }

  /** Runs the job that makes a file, and notes its result. An earlier file of the same name is gone only when the new one is there. */
  async *making<Progress, Made>(output: string, key: string, job: Job<Progress, Made>): Job<Progress, Made> {
    await this.checkPlace(output);
    await moved(output, asideOf(output));
    try {
      for await (const event of job) {
        if (event.kind === "result") {
          await this.#keep(output, key, event.result);
          await rm(asideOf(output), { force: true });
        }
        yield event;
      }
    } finally {
      await restore(output);
    }
  }

  async #keep(output: string, key: string, made: unknown): Promise<void> {
    await this.store.write(nameOf(output), { version, key, content: await contentOf(output), made } satisfies Entry);
  }

  #entry(output: string): Promise<Entry | undefined> {
    return this.store.read<Entry>(nameOf(output));
  }
}

function nameOf(output: string): string {
  return `recipe-file-${hashOf(resolve(output)).slice(0, 32)}`;
}

/** Where an earlier file stands while its successor is made. */
function asideOf(output: string): string {
  return `${output}.earlier`;
}

/** Gives an earlier file its name back, where its successor did not come to be. */
async function restore(output: string): Promise<void> {
  if ((await contentOf(output)) === undefined) await moved(asideOf(output), output);
}

async function moved(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

async function contentOf(path: string): Promise<string | undefined> {
  return (await stat(path).catch(() => undefined)) && fingerprint(path);
}
