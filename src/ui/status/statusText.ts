import type { MeterReading, ModelFile } from "../../protocol/model";
import type { RuntimeState } from "../../services/ports";
import type { CommandId } from "../commands/commandTitles";
import { formatBytes, formatSpeed } from "../format";

export interface StatusFacts {
  /** e.g. "contracts-4m Q8_0"; undefined when no model is loaded. */
  readonly modelName?: string;
  /** What is being done; undefined while idle. */
  readonly activity?: string;
  readonly reading?: MeterReading;
  readonly runtime: RuntimeState;
}

/** The line of the status bar; `$(…)` are codicons. */
export function statusText({ modelName, activity, reading, runtime }: StatusFacts): string {
  if (runtime.kind === "failed") return "$(warning) Decant stopped";
  const parts = [activity === undefined ? `$(beaker) ${modelName ?? "Decant"}` : `$(sync~spin) ${activity}`];
  if (reading && reading.tokensPerSecond > 0) parts.push(`$(pulse) ${formatSpeed(reading.tokensPerSecond)}`);
  if (reading && reading.residentMemory > 0) parts.push(`RAM ${formatBytes(reading.residentMemory)}`);
  if (reading && reading.videoMemory > 0) parts.push(`GPU ${formatBytes(reading.videoMemory)}`);
  return parts.join("  ");
}

/** The same for a screen reader, and as lines of the tooltip. */
export function statusSentences({ modelName, activity, reading, runtime }: StatusFacts): readonly string[] {
  const sentences = [runtime.kind === "failed" ? runtime.sentence : modelName === undefined ? "No model is loaded." : `${modelName} is loaded.`];
  if (activity !== undefined) sentences.push(`${activity}.`);
  if (reading && reading.residentMemory > 0) {
    sentences.push(`The runtime uses ${formatBytes(reading.residentMemory)} of memory and ${reading.cpu.toFixed(1)} processor cores.`);
  }
  if (reading && reading.tokensPerSecond > 0) sentences.push(`It works through ${formatSpeed(reading.tokensPerSecond)}.`);
  return sentences;
}

export interface MenuEntry {
  readonly label: string;
  readonly description?: string;
  readonly command: CommandId;
}

export interface MenuFacts {
  readonly loaded?: ModelFile;
  readonly loadedName?: string;
  readonly documentName?: string;
  readonly hasFindings: boolean;
  readonly runtime: RuntimeState;
}

/** What the status item offers: what is possible now, the likeliest first. */
export function statusMenu({ loaded, loadedName, documentName, hasFindings, runtime }: MenuFacts): readonly MenuEntry[] {
  const restart: MenuEntry = { label: "$(debug-restart) Restart Runtime", command: "decant.restartRuntime" };
  return [
    ...(runtime.kind === "failed" ? [{ ...restart, description: "stopped after repeated crashes" }] : []),
    ...(documentName === undefined ? [] : [{ label: "$(law) Analyse Document", description: documentName, command: "decant.analyseDocument" } as const]),
    ...(hasFindings ? [{ label: "$(list-unordered) Go to Finding…", command: "decant.goToFinding" } as const, { label: "$(comment-discussion) Ask About Document…", command: "decant.askDocument" } as const] : []),
    ...(documentName === undefined ? [] : [{ label: "$(flame) Show Where Compression Hurts…", command: "decant.showHeat" } as const]),
    { label: "$(graph-scatter) Show Tradeoffs", command: "decant.showTradeoffs" },
    { label: "$(fold) Quantize…", command: "decant.quantize" },
    { label: loaded ? "$(arrow-swap) Load Another Model" : "$(play) Load Model", command: "decant.loadModel" },
    ...(loaded ? [{ label: "$(debug-stop) Unload Model", description: loadedName, command: "decant.unloadModel" } as const] : []),
    ...(runtime.kind === "failed" ? [] : [restart]),
    { label: "$(output) Show Log", command: "decant.showLog" },
  ];
}
