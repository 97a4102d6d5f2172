import type { LoadedModel, Machine } from "../../src/protocol/model";
import type { MeterSample } from "../../src/protocol/modelPanels";
import { formatBytes, formatCount, formatRate, missing, plural } from "../format";
import { type GaugeId, meanSpeed, valueOf } from "./history";

export const gaugeNames = { memory: "Memory", video: "Video memory", cpu: "Processor", speed: "Tokens per second" } as const satisfies Record<GaugeId, string>;

export interface Reading {
  /** The value now. */
  readonly now: string;
  /** What it is a part of, or means. */
  readonly beside: string;
}

export function readingOf(gauge: GaugeId, samples: readonly MeterSample[], machine: Machine | undefined): Reading {
  const last = samples.at(-1);
  if (!last) return { now: missing, beside: "" };
  const value = valueOf(last, gauge, machine);
  switch (gauge) {
    case "memory": return { now: formatBytes(value), beside: machine ? `of ${formatBytes(machine.totalMemory, 1)}` : "" };
    case "video": return { now: formatBytes(value), beside: machine ? `of ${formatBytes(machine.totalVideoMemory, 1)}${machine.gpuName ? ` · ${machine.gpuName}` : ""}` : "" };
    case "cpu": return { now: `${Math.round(100 * value)} %`, beside: machine ? `${last.cpu.toFixed(1)} of ${plural(machine.cores, "core")}` : `${last.cpu.toFixed(1)} cores` };
    case "speed": {
      const mean = meanSpeed(samples);
      return { now: value > 0 ? formatRate(value) : "idle", beside: mean === undefined ? "" : `${formatRate(mean)} on average while it worked` };
    }
  }
  return gauge satisfies never;
}

/** "16,384 tokens of context · 33 layers on the GPU · cache in Q8_0 · 1 adapter". */
export function loadedWords({ contextSize, gpuLayers, cacheType, adapters = [] }: LoadedModel): string {
  return [
    `${formatCount(contextSize)} tokens of context`,
    gpuLayers > 0 ? `${plural(gpuLayers, "layer")} on the GPU` : "in memory, on the processor",
    cacheType ? `cache in ${cacheType}` : "",
    ...adapters.map(({ path, scale }) => `adapter ${path.split(/[\\/]/).at(-1) ?? path} × ${scale}`),
  ].filter(Boolean).join(" · ");
}

export function queueWords(queue: number | undefined): string {
  return queue ? `${plural(queue, "request")} waiting` : "";
}
