import { HumanError } from "../../protocol/humanError";
import type { TrainCheckpoint, TrainPoint } from "../../protocol/compression";
import type { StoppingState } from "./earlyStopping";

/** checkpoint.json: where an unfinished training stands. Files are names in the same folder. */
export interface SavedTraining extends Omit<TrainCheckpoint, "folder"> {
  readonly format: 1;
  /** Of what is trained on what and how; not of the number of threads. */
  readonly fingerprint: string;
  readonly stopping: StoppingState;
  readonly bestStep: number;
  readonly validationBefore: number;
  readonly tokens: number;
  readonly seconds: number;
  /** What learns, as it is now and as it was best: GGUF files, perhaps the same one. */
  readonly values: SavedFile;
  readonly best: SavedFile;
}
export interface SavedFile {
  readonly name: string;
  readonly bytes: number;
}

export const checkpointName = "checkpoint.json";
const fileName = /^values-\d{1,12}\.gguf$/;

/** Throws a HumanError for what no training has written. */
export function parseCheckpoint(text: string): SavedTraining {
  let value: Readonly<Record<string, unknown>>;
  try {
    value = JSON.parse(text) as typeof value;
  } catch (error) {
    throw damaged(error);
  }
  const saved = value as unknown as SavedTraining;
  if (typeof value !== "object" || value === null || value.format !== 1) throw damaged();
  const stopping: unknown = value.stopping;
  const sound =
    [value.fingerprint, value.student, value.output].every((item) => typeof item === "string") &&
    [value.step, value.steps, value.bestStep, value.tokens].every((item) => Number.isSafeInteger(item) && (item as number) >= 0) &&
    [value.validationBefore, value.seconds].every(Number.isFinite) &&
    isRecord(stopping) && Number.isFinite(stopping.best) && Number.isSafeInteger(stopping.since) &&
    [value.values, value.best].every(isFile) &&
    Array.isArray(value.points) && value.points.every(isPoint) &&
    saved.step <= saved.steps;
  if (!sound) throw damaged();
  return saved;
}

/**
 * Whether another training may take its place unasked: no step was taken, or every validation was no better than before. What was learnt
 * since the beginning and not validated yet may be hours of work, and stays.
 */
export function givesWay({ step, bestStep, stopping }: SavedTraining): boolean {
  return bestStep === 0 && (step === 0 || stopping.since > 0);
}

export function damaged(cause?: unknown): HumanError {
  return new HumanError("failed", "The checkpoint of the unfinished training is damaged: start the training anew.", { cause });
}

function isFile(value: unknown): boolean {
  return isRecord(value) && typeof value.name === "string" && fileName.test(value.name) && Number.isSafeInteger(value.bytes);
}

function isPoint(value: unknown): value is TrainPoint {
  return isRecord(value) && [value.step, value.loss, value.learningRate].every(Number.isFinite) && (value.validation === undefined || Number.isFinite(value.validation));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
