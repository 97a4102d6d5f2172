import type { LoadedModel, Machine, MeterReading } from "../../protocol/model";
import { formatBytes, formatPercent, formatSpeed } from "../format";

/** Shares of a budget from which on a person is warned. */
const warningShare = 0.8;
const errorShare = 0.9;

export type Alarm = "warning" | "error";

/** A quantity that has a budget: used of all, in bytes or cores. */
export interface Gauge {
  readonly label: string;
  readonly used: number;
  readonly of: number;
  readonly words: string;
}

/** RAM and video memory against all there is, as the panel shows them, CPU against all cores. */
export function gaugesOf(reading: MeterReading, machine: Machine): readonly Gauge[] {
  const { totalMemory, totalVideoMemory, cores } = machine;
  return [
    { label: "RAM", used: reading.residentMemory, of: totalMemory, words: `${formatBytes(reading.residentMemory)} of ${formatBytes(totalMemory)}` },
    ...(totalVideoMemory > 0 ? [{ label: "VRAM", used: reading.videoMemory, of: totalVideoMemory, words: `${formatBytes(reading.videoMemory)} of ${formatBytes(totalVideoMemory)}` }] : []),
    { label: "CPU", used: reading.cpu, of: cores, words: `${reading.cpu.toFixed(1)} of ${cores} cores` },
  ];
}

/** By memory alone: a busy processor is what a person wants, full memory is not. */
export function alarmOf(reading: MeterReading, machine: Machine): Alarm | undefined {
  const shares = gaugesOf(reading, machine).filter(({ label }) => label !== "CPU").map(shareOf);
  const highest = Math.max(0, ...shares);
  if (highest >= errorShare) return "error";
  return highest >= warningShare ? "warning" : undefined;
}

export function shareOf({ used, of }: Gauge): number {
  return of > 0 ? Math.min(1, Math.max(0, used / of)) : 0;
}

/** A bar of so many characters. Whole blocks only: many fonts lack the eighths, and another font's are of another width. */
export function barOf(share: number, width = 16): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return "█".repeat(filled) + "░".repeat(width - filled);
}

/** Lines of equal shape for a fixed-width font, e.g. "RAM   ████░░░░░░░░░░░░   27 %   1.2 GiB of 4.3 GiB". */
export function meterLines(reading: MeterReading, machine: Machine): readonly string[] {
  return gaugesOf(reading, machine).map((gauge) => `${gauge.label.padEnd(5)} ${barOf(shareOf(gauge))} ${formatPercent(shareOf(gauge)).padStart(6)}   ${gauge.words}`);
}

/** What has no budget: speed and queue. */
export function paceWords({ tokensPerSecond, queue = 0 }: MeterReading): readonly string[] {
  return [
    ...(tokensPerSecond > 0 ? [formatSpeed(tokensPerSecond)] : []),
    ...(queue > 0 ? [`${queue} ${queue === 1 ? "request waits" : "requests wait"}`] : []),
  ];
}

/** e.g. "4,096 tokens of context · Q8_0 cache · 33 layers on the GPU". */
export function loadedWords({ contextSize, cacheType, gpuLayers, adapters = [] }: LoadedModel): string {
  return [
    `${contextSize.toLocaleString("en")} tokens of context`,
    ...(cacheType ? [`${cacheType} cache`] : []),
    ...(gpuLayers > 0 ? [`${gpuLayers} layers on the GPU`] : []),
    ...(adapters.length > 0 ? [`${adapters.length} ${adapters.length === 1 ? "adapter" : "adapters"}`] : []),
  ].join(" · ");
}
