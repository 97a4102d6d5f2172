import type { Download } from "../../protocol/hub";
import { formatBytes, formatPercent, formatSecondsLeft } from "../format";

/** e.g. "42 % · 12.0 MiB/s · about 3 min", "paused at 42 %". */
export function downloadDescription({ state, bytes, bytesDone, bytesPerSecond, secondsLeft }: Download): string {
  const done = formatPercent(bytes > 0 ? Math.min(1, bytesDone / bytes) : 0);
  switch (state) {
    case "waiting":
      return "waits for its turn";
    case "running":
      return [done, ...(bytesPerSecond ? [`${formatBytes(bytesPerSecond)}/s`] : []), ...(secondsLeft === undefined ? [] : [formatSecondsLeft(secondsLeft)])].join(" · ");
    case "paused":
      return `paused at ${done}`;
    case "checking":
      return "being checked";
    case "done":
      return "ready";
    case "failed":
      return "failed";
  }
}

/** Lines of the tooltip. */
export function downloadSentences({ repository, label, target, bytes, bytesDone, problem }: Download): readonly string[] {
  return [
    `${label} of ${repository}`,
    `${formatBytes(bytesDone)} of ${formatBytes(bytes)}`,
    ...(problem ? [problem] : []),
    `It will be at ${target}.`,
  ];
}

/** The `viewItem` that menus are bound to, e.g. "download.paused". */
export function downloadContext({ state }: Download): string {
  return `download.${state}`;
}

/** Those that a list of what goes on shows: finished ones are models by now. */
export function isPending({ state }: Download): boolean {
  return state !== "done";
}
