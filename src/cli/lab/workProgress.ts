import type { WorkProgress } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { Job } from "../../services/ports";
import type { Output } from "../command";

type TimedWork = WorkProgress & { readonly secondsLeft?: number };

/** Runs a job to its result, telling on the way what is done and for how long. */
export async function resultOf<R>(output: Output, job: Job<TimedWork, R>, title = "Working"): Promise<R> {
  const tell = workTeller(output, title);
  for await (const event of job) {
    if (event.kind === "result") {
      output.progress("");
      return event.result;
    }
    tell(event.progress);
  }
  throw new HumanError("runtimeStopped", "The work ended without a result. Try again; --verbose shows what the native runtime says.");
}

/** Where every line stays, only each tenth of a part is told. */
export function workTeller(output: Output, title: string): (progress: TimedWork) => void {
  let told = "";
  return ({ done, all, label = title, secondsLeft }) => {
    const share = all > 0 ? Math.min(1, done / all) : 0;
    const mark = `${label} ${Math.floor(10 * share)}`;
    if (!output.live && mark === told) return;
    told = mark;
    output.progress(progressLine(label, share, secondsLeft));
  };
}

/** "Reading the text 40 %, about 12 s left". */
export function progressLine(label: string, share: number, secondsLeft?: number): string {
  return `${label} ${Math.floor(100 * share)} %${secondsLeft === undefined || share >= 1 ? "" : `, about ${shownSeconds(secondsLeft)} left`}`;
}

/** "12 s", "3 min", "2 h 5 min". */
export function shownSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
