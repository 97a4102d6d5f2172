import { rename, rm } from "node:fs/promises";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import { fileName } from "../format";

export interface Replacing<Made> {
  /** The file that is replaced when the new one is whole. */
  readonly path: string;
  make(output: string): Promise<Made>;
  /** Lets go of the old file; called only when the new one is whole. */
  release(): Promise<void>;
}

/**
 * Makes a file beside the one whose place it takes. However the making ends, nothing stays beside it: a job that
 * is cancelled or crashes between the runtime's renaming and its answer leaves a whole file that no list would show.
 */
export async function makeReplacement<Made>({ path, make, release }: Replacing<Made>): Promise<Made> {
  const output = `${path}.replacement`;
  // An editor that was killed had no chance to tidy up.
  await discard(output);
  try {
    const made = await make(output);
    await release();
    await takePlace(path, output);
    return made;
  } catch (error) {
    await discard(output);
    throw error;
  }
}

async function takePlace(path: string, output: string): Promise<void> {
  try {
    await rename(output, path);
  } catch (error) {
    throw new HumanError("notWritable", `${fileName(path)} could not be replaced (${sentenceOf(error)}); it is as it was.`, { cause: error });
  }
}

/** What cannot be removed is told by the runtime, which refuses to write over it. */
async function discard(output: string): Promise<void> {
  await rm(output, { force: true }).catch(() => undefined);
}
