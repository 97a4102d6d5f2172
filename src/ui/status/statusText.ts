import type { LoadedModel, Machine, MeterReading } from "../../protocol/model";
import type { RuntimeState } from "../../services/ports";
import { formatBytes, formatSpeed } from "../format";
import { loadedWords, paceWords } from "./meterWords";

export interface StatusFacts {
  /** e.g. "contracts-4m Q8_0"; undefined when no model is loaded. */
  readonly modelName?: string;
  readonly loaded?: LoadedModel;
  /** What is being done; undefined while idle. */
  readonly activity?: string;
  readonly reading?: MeterReading;
  readonly machine?: Machine;
  readonly runtime: RuntimeState;
  /** Why no model is loaded any more, e.g. that it was let go of after a while without work. */
  readonly unloaded?: string;
}

/** The line of the status bar; `$(…)` are codicons. */
export function statusText({ modelName, activity, reading, runtime }: StatusFacts): string {
  if (runtime.kind === "failed") return "$(warning) Decant stopped";
  const parts = [activity === undefined ? `$(beaker) ${modelName ?? "Decant"}` : `$(sync~spin) ${activity}`];
  if (reading && reading.tokensPerSecond > 0) parts.push(`$(pulse) ${formatSpeed(reading.tokensPerSecond)}`);
  if (reading?.queue) parts.push(`$(list-ordered) ${reading.queue}`);
  if (reading && reading.residentMemory > 0) parts.push(`RAM ${formatBytes(reading.residentMemory)}`);
  if (reading && reading.videoMemory > 0) parts.push(`GPU ${formatBytes(reading.videoMemory)}`);
  return parts.join("  ");
}

/** The same for a screen reader, and the sentences of the tooltip. */
export function statusSentences(facts: StatusFacts): readonly string[] {
  const { reading } = facts;
  const sentences = [...stateSentences(facts)];
  if (reading && reading.residentMemory > 0) {
    sentences.push(`The runtime uses ${formatBytes(reading.residentMemory)} of memory and ${reading.cpu.toFixed(1)} processor cores.`);
  }
  if (reading && reading.videoMemory > 0) sentences.push(`It uses ${formatBytes(reading.videoMemory)} of video memory.`);
  const pace = reading ? paceWords(reading) : [];
  if (pace.length > 0) sentences.push(`${pace.join(", ")}.`);
  return sentences;
}

/** What is loaded and what goes on, without the figures. */
export function stateSentences({ modelName, loaded, activity, runtime, unloaded }: StatusFacts): readonly string[] {
  const first = runtime.kind === "failed" ? runtime.sentence : modelName === undefined ? (unloaded ?? "No model is loaded.") : `${modelName} is loaded.`;
  return [first, ...(modelName !== undefined && loaded ? [`${loadedWords(loaded)}.`] : []), ...(activity === undefined ? [] : [`${activity}.`])];
}
