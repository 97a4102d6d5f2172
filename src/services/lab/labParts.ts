import type { WorkProgress } from "../../protocol/compression";
import type { CompressionJobs } from "../compressionJobs";
import type { ImportanceMatrices } from "../importanceMatrices";
import type { JsonStore } from "../jsonStore";
import type { Log, Runtime } from "../ports";

/** What the services of the lab are made of. */
export interface LabParts {
  readonly runtime: Runtime;
  readonly jobs: CompressionJobs;
  readonly matrices: ImportanceMatrices;
  /** Keeps rankings, measured figures and the results of steps. */
  readonly store: JsonStore;
  readonly log: Log;
  threads(): number;
  /** Where what is made of the built-in model goes. */
  readonly builtInOutputs?: string;
}

/** A text to rank, learn and measure on. */
export interface LabText {
  readonly name: string;
  readonly text: string;
}

export type TimedWork = WorkProgress & { readonly secondsLeft?: number };
