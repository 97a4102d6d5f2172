import { join } from "node:path";
import type { TrainCheckpoint } from "../../protocol/compression";
import { sentenceOf } from "../../protocol/humanError";
import type { Log } from "../ports";
import { readSmallFile } from "../smallFile";

/** A point takes a hundred characters, and a training has tens of thousands of steps at most. */
const longestCheckpoint = 16 * 2 ** 20;

/** What the folder of a checkpoint tells; undefined where there is none, or none that can be read, which is noted in the log. */
export async function readCheckpoint(folder: string, log: Log): Promise<TrainCheckpoint | undefined> {
  try {
    const told = JSON.parse(await readSmallFile(join(folder, "checkpoint.json"), longestCheckpoint)) as Partial<TrainCheckpoint>;
    return { folder, student: told.student ?? "", output: told.output ?? "", step: told.step ?? 0, steps: told.steps ?? 0, points: told.points ?? [] };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") log.info(`The unfinished training in ${folder} is not gone on with: ${sentenceOf(error)}`);
    return undefined;
  }
}
