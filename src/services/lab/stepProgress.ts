import type { TrainPoint } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { Job } from "../ports";

export interface StepProgress {
  readonly label: string;
  /** 0 to 1. */
  readonly fraction: number;
  readonly points?: readonly TrainPoint[];
  readonly tokensPerSecond?: number;
}

/** A part of a step: its progress counts from `from` to `to`; returns its result. */
export async function* within<Progress extends object, Result>(job: Job<Progress, Result>, label: string | undefined, from: number, to: number): AsyncGenerator<{ readonly kind: "progress"; readonly progress: StepProgress }, Result> {
  let result: { readonly value: Result } | undefined;
  for await (const event of job) {
    if (event.kind === "result") {
      result = { value: event.result };
      continue;
    }
    const progress = event.progress as Partial<StepProgress & { readonly done: number; readonly all: number }>;
    const fraction = progress.fraction ?? (progress.done ?? 0) / Math.max(1, progress.all ?? 1);
    yield { kind: "progress", progress: { ...(progress.points && { points: progress.points, tokensPerSecond: progress.tokensPerSecond }), label: progress.label ?? label ?? "", fraction: from + (to - from) * fraction } };
  }
  if (!result) throw new HumanError("runtimeStopped", "A step ended without a result.");
  return result.value;
}
