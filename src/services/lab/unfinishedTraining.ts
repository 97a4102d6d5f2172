import { join } from "node:path";
import { checkpointName, parseCheckpoint } from "../../core/training/checkpoint";
import type { TrainCheckpoint } from "../../protocol/compression";
import { sentenceOf } from "../../protocol/humanError";
import type { Log } from "../ports";
import { readSmallFile } from "../smallFile";

/** A point takes a hundred characters, and a training has tens of thousands of steps at most. */
const longestCheckpoint = 16 * 2 ** 20;

/** What the folder of a checkpoint tells; undefined where there is none, or none that can be read, which is noted in the log. */
export async function readCheckpoint(folder: string, log: Log): Promise<TrainCheckpoint | undefined> {
  try {
    const { student, output, step, steps, points } = parseCheckpoint(await readSmallFile(join(folder, checkpointName), longestCheckpoint));
    return { folder, student, output, step, steps, points };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") log.info(`The unfinished training in ${folder} is not gone on with: ${sentenceOf(error)}`);
    return undefined;
  }
}
