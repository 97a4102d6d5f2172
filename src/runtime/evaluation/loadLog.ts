import { basename } from "node:path";
import { HumanError } from "../../protocol/humanError";
import { errorLevel, type NativeLog } from "../ffi/nativeLog";
import { BufferSizes } from "./bufferSizes";

export interface LoadLog {
  /** Complaints, the first one first. */
  readonly reasons: readonly string[];
  readonly sizes: BufferSizes;
  stop(): void;
}

/** Hears what the library says while it loads a model or makes a context. */
export function listenForLoad(log: NativeLog, sizes = new BufferSizes()): LoadLog {
  const reasons: string[] = [];
  const stop = log.listen((line, level) => {
    sizes.hear(line);
    if (level >= errorLevel && line.trim()) reasons.push(line.trim());
  });
  return { reasons, sizes, stop };
}

/** The library's last complaints are the general ones; the first names the cause. */
export function failedToLoad(path: string, reasons: readonly string[]): HumanError {
  const reason = reasons[0]?.replace(/^\w+: /, "");
  return new HumanError("failed", `${basename(path)} cannot be loaded${reason ? ` (${reason})` : ""}.`);
}
