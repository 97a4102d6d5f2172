import type { Download, HubFormat, HubModel } from "../../src/protocol/hub";
import { formatBytes } from "../format";

export const formatNames = { gguf: "GGUF", gptq: "GPTQ", safetensors: "safetensors", unknown: "unknown" } as const satisfies Record<HubFormat | "unknown", string>;

/** "2.4 M", "812": how often something happened. */
export function compactCount(count: number): string {
  if (count >= 999_500) return `${(count / 1e6).toFixed(1)} M`;
  if (count >= 9950) return `${Math.round(count / 1000)} k`;
  return count >= 1000 ? `${(count / 1000).toFixed(1)} k` : String(count);
}

const units = [["year", 365], ["month", 30], ["week", 7], ["day", 1]] as const;

/** "3 weeks ago"; undefined where the date says nothing. `now`: milliseconds since 1970. */
export function agoWords(iso: string | undefined, now: number): string | undefined {
  const days = Math.floor((now - Date.parse(iso ?? "")) / 86_400_000);
  if (!Number.isFinite(days)) return undefined;
  if (days < 1) return "today";
  const [unit, length] = units.find(([, least]) => days >= least) ?? ["day", 1];
  const count = Math.floor(days / length);
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}

/** "owner/" and "name". */
export function idParts(id: string): readonly [owner: string, name: string] {
  const cut = id.indexOf("/") + 1;
  return [id.slice(0, cut), id.slice(cut)];
}

const stateWords = { waiting: "Waiting", running: "", paused: "Paused", checking: "Checking what was fetched", done: "Done", failed: "Stopped" } as const satisfies Record<Download["state"], string>;

/** "Paused · 2.75 GiB of 4.58 GiB", "1.69 GiB of 4.58 GiB · 23.2 MiB/s". */
export function downloadWords({ state, bytes, bytesDone, bytesPerSecond }: Download): string {
  const amount = state === "done" || state === "checking" ? formatBytes(bytes) : `${formatBytes(bytesDone)} of ${formatBytes(bytes)}`;
  const speed = state === "running" && bytesPerSecond ? `${formatBytes(bytesPerSecond, 1)}/s` : "";
  return [stateWords[state], amount, speed].filter(Boolean).join(" · ");
}

export function downloadShare({ bytes, bytesDone, state }: Download): number {
  return state === "done" || state === "checking" ? 1 : bytes > 0 ? Math.min(1, bytesDone / bytes) : 0;
}

/** "2 running, 1 waiting": what is going on among the downloads. */
export function downloadsWords(downloads: readonly Download[]): string {
  const states = ["running", "checking", "waiting", "paused", "failed", "done"] as const;
  const names = { running: "running", checking: "being checked", waiting: "waiting", paused: "paused", failed: "failed", done: "done" } as const;
  return states.flatMap((state) => {
    const count = downloads.filter((download) => download.state === state).length;
    return count > 0 ? [`${count} ${names[state]}`] : [];
  }).join(", ");
}

/** What has to be asked for before anything can be fetched. */
export function gateWords({ gated, private: hidden }: HubModel, signedIn: boolean): string | undefined {
  if (gated) return signedIn ? "The owner lets people in one by one: ask on its page first, if you have not yet." : "The owner lets people in one by one: ask on its page, then sign in with a token.";
  return hidden && !signedIn ? "This repository is private: sign in with a token of an account that may read it." : undefined;
}
