import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import type { AdapterSettings, TrainCheckpoint, TrainingData, TrainPoint, TrainProgress, TrainResult, TrainSettings } from "../../protocol/compression";
import type { ModelFile } from "../../protocol/model";
import type { CancellationToken } from "../../protocol/rpc";
import type { Job } from "../ports";
import type { LabParts } from "./labParts";
import { besideModel, trainedEnding } from "./outputNames";
import { intoFolder, timed } from "./timedWork";
import { readCheckpoint } from "./unfinishedTraining";

export type TimedTraining = TrainProgress & { readonly secondsLeft?: number };

export interface TrainWish {
  readonly student: ModelFile;
  readonly teacher?: ModelFile;
  readonly data: TrainingData;
  readonly adapter?: AdapterSettings;
  readonly settings: TrainSettings;
  readonly output: string;
  /** Forgets what an earlier training of this output left unfinished. */
  readonly restart?: boolean;
}

/** Trains models and adapters. Cancelling keeps the state: the same wish goes on from it. */
export class Training {
  constructor(private readonly parts: LabParts) {}

  train({ student, teacher, output, ...wish }: TrainWish, token: CancellationToken): Job<TimedTraining, TrainResult> {
    const params = { ...wish, student: student.path, ...(teacher && { teacher: teacher.path }), output, checkpoint: this.checkpointOf(output), threads: this.parts.threads() };
    return intoFolder(output, () => timed(this.parts.runtime.train(params, token), ({ fraction }) => fraction));
  }

  /** Folder of what an unfinished training of an output keeps. */
  checkpointOf(output: string): string {
    return `${output}.training`;
  }

  /** What an unfinished training of this output left; undefined where nothing can be gone on with. */
  unfinished(output: string): Promise<TrainCheckpoint | undefined> {
    return readCheckpoint(this.checkpointOf(output), this.parts.log);
  }

  /** The folder first gets another name, so that what is half removed is never gone on with. */
  async discard(output: string): Promise<void> {
    const gone = `${this.checkpointOf(output)}.${randomUUID()}`;
    const renamed = await rename(this.checkpointOf(output), gone).then(() => true, (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    });
    if (renamed) await rm(gone, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Beside the student (of the built-in model: in a folder of its own). */
  outputPath(student: ModelFile, kind: "distil" | "lora", adapter: boolean): string {
    return besideModel(student, this.parts.builtInOutputs, trainedEnding(kind, adapter, false, student.type));
  }
}

/** Points of a training as they come in: a point of a step that is told again takes the place of the earlier one. */
export function withPoints(known: readonly TrainPoint[], added: readonly TrainPoint[]): readonly TrainPoint[] {
  const first = added[0];
  return first === undefined ? known : [...known.filter(({ step }) => step < first.step), ...added];
}
