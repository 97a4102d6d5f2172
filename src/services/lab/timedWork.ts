import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { secondsLeft } from "../../core/progress";
import type { Job } from "../ports";

/** A job whose progress also tells the time left; `fraction` says how far one is, 0 to 1. */
export async function* timed<Progress, Result>(job: Job<Progress, Result>, fraction: (progress: Progress) => number): Job<Progress & { readonly secondsLeft?: number }, Result> {
  const started = performance.now();
  for await (const event of job) {
    if (event.kind === "result") yield event;
    else yield { kind: "progress", progress: { ...event.progress, secondsLeft: secondsLeft(fraction(event.progress), (performance.now() - started) / 1000) } };
  }
}

export function shareDone({ done, all }: { readonly done: number; readonly all: number }): number {
  return done / Math.max(1, all);
}

/** The job begins once the folder of its output is there. */
export async function* intoFolder<Progress, Result>(output: string, start: () => Job<Progress, Result>): Job<Progress, Result> {
  await mkdir(dirname(output), { recursive: true });
  yield* start();
}
