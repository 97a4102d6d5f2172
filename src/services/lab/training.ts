import type { AdapterSettings, TrainCheckpoint, TrainingData, TrainProgress, TrainResult, TrainSettings } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { CancellationToken } from "../../protocol/rpc";
import type { Job } from "../ports";
import type { LabParts } from "./labParts";

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

  train(_wish: TrainWish, _token: CancellationToken): Job<TimedTraining, TrainResult> {
    throw new HumanError("unsupported", `This is not built yet (${this.parts.threads()}).`);
  }

  /** Folder of what an unfinished training of an output keeps. */
  checkpointOf(output: string): string {
    return `${output}.training`;
  }

  /** What an unfinished training of this output left; undefined where nothing can be gone on with. */
  unfinished(_output: string): Promise<TrainCheckpoint | undefined> {
    return Promise.resolve(undefined);
  }

  discard(_output: string): Promise<void> {
    return Promise.resolve();
  }

  /** Beside the student (of the built-in model: in a folder of its own). */
  outputPath(student: ModelFile, kind: "distil" | "lora", adapter: boolean): string {
    return `${student.path}-${kind}-${String(adapter)}`;
  }
}
