import { memoryNeed, totalNeed } from "../core/fit/memory";
import { placementOf } from "../core/fit/placement";
import { type KnownModel, knownLevels } from "../core/fit/shapes";
import { generationBound } from "../core/fit/speed";
import { formatBytes } from "../core/format";
import type { CacheType, Machine, QuantType } from "../protocol/model";
import type { Fit } from "../protocol/panels";

/** Whether one level of a model runs on a machine, where, and how fast at most. */
export interface FitRow {
  readonly level: QuantType;
  readonly bytes: number;
  readonly memoryBytes: number;
  readonly fit: Fit;
  readonly gpuLayers?: number;
  readonly layers?: number;
  readonly tokensPerSecondAtMost?: number;
}

/** Levels of a well-known model on a machine, largest first; the context is lowered to what the model was trained for. */
export function fitTable(model: KnownModel, machine: Machine, context: number, cacheType: CacheType): readonly FitRow[] {
  return knownLevels(model).map(({ type, bytes }) => {
    const need = memoryNeed(bytes, model.shape, Math.min(context, model.contextLength), cacheType);
    const placement = placementOf(need, model.shape.blocks, machine);
    const bound = generationBound(need, placement, machine, model.activeShare);
    return {
      level: type, bytes: Math.round(bytes), memoryBytes: totalNeed(need), fit: placement.fit,
      ...(placement.gpuLayers && { gpuLayers: placement.gpuLayers.fit, layers: placement.gpuLayers.all }),
      ...(bound !== undefined && { tokensPerSecondAtMost: bound }),
    };
  });
}

const places: Readonly<Record<Fit, string>> = { gpu: "GPU", partial: "partly on the GPU", ram: "RAM", tight: "RAM, tight", no: "does not fit" };

/** The table for people, with what its figures mean. */
export function fitMarkdown(model: KnownModel, machineLabel: string, machine: Machine, context: number, cacheType: CacheType): string {
  const rows = fitTable(model, machine, context, cacheType);
  const largest = rows.find(({ fit }) => fit === "gpu") ?? rows.find(({ fit }) => fit === "ram");
  const cells = rows.map((row) => [
    row.level, formatBytes(row.bytes), formatBytes(row.memoryBytes), places[row.fit],
    row.gpuLayers === undefined ? "–" : `${row.gpuLayers} of ${row.layers}`, row.tokensPerSecondAtMost?.toFixed(1) ?? "–",
  ]);
  return [
    `# ${model.label} on ${machineLabel}`,
    "",
    largest ? `The largest level that runs wholly ${largest.fit === "gpu" ? "on the GPU" : "in memory"} with ${Math.min(context, model.contextLength).toLocaleString("en")} tokens of context (${cacheType} cache) is **${largest.level}**.` : "No level runs there with room to spare.",
    "",
    "| Level | Size | Memory | Runs | Layers on the GPU | Tokens/s at most |",
    "|---|---:|---:|---|---:|---:|",
    ...cells.map((row) => `| ${row.join(" | ")} |`),
    "",
    "Sizes are those of llama.cpp's mixtures by bits per weight. Tokens per second are what the memory's bandwidth allows: no machine exceeds them, most stay below.",
    "",
  ].join("\n");
}
