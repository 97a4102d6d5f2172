import type { LabRun } from "../../src/protocol/labPanel";
import type { ModelFile } from "../../src/protocol/model";
import type { QualityGate, RecipeStep } from "../../src/protocol/recipe";
import { formatBytes, formatKl, formatShare } from "../format";

export const kindWords = {
  prune: { icon: "combine", name: "Prune", detail: "Leaves out whole blocks, or neurons: smaller and faster." },
  sparsify: { icon: "circle-slash", name: "Sparsify", detail: "Sets single weights to zero. Size and speed stay as they are." },
  quantize: { icon: "symbol-numeric", name: "Quantize", detail: "Stores weights with fewer bits: smaller and mostly faster." },
  distil: { icon: "beaker", name: "Distil", detail: "Learns back from the original what other steps lost." },
  lora: { icon: "extensions", name: "Train a LoRA", detail: "Teaches the model your text or examples, in a small adapter." },
  merge: { icon: "git-merge", name: "Merge an adapter", detail: "Makes an adapter's change part of the model." },
} as const satisfies Record<RecipeStep["kind"], { icon: string; name: string; detail: string }>;

/** How a run ended or why it waits; undefined while the progress bar tells it. */
export function runWords(run: LabRun | undefined): string | undefined {
  if (run?.sentence) return run.sentence;
  switch (run?.state) {
    case "paused": return `Paused: ${run.label}. Its state is kept.`;
    case "done": return "Done. Every step has its result below.";
    case "stopped": return "Stopped. What was done is kept.";
    case "failed": return "The run failed.";
    default: return undefined;
  }
}

/** Spoken when it changes: states and steps, never percents. */
export function spokenRun(run: LabRun | undefined): string {
  if (!run) return "";
  switch (run.state) {
    case "running": return run.step < 0 ? "Running: the original is measured." : `Running step ${run.step + 1}.`;
    case "paused": return "Paused.";
    case "asking": return "";
    case "done": return "The recipe is done.";
    case "stopped": return "The run stopped.";
    case "failed": return "The run failed.";
  }
  return run.state satisfies never;
}

/** "Llama-3.2-1B · F16 · 2.31 GiB". */
export function modelLabel({ family, type, bytes }: ModelFile): string {
  return [family, ...(type === "unknown" ? [] : [type]), formatBytes(bytes)].join(" · ");
}

/** "KL ≤ 0.1, same word ≥ 90 %, else stop"; "off" without a gate. */
export function gateSummary(gate: QualityGate | undefined): string {
  if (!gate) return "off";
  const limits = [
    ...(gate.maxKl === undefined ? [] : [`KL ≤ ${trimmed(formatKl(gate.maxKl))}`]),
    ...(gate.maxPerplexity === undefined ? [] : [`perplexity ≤ ${trimmed(gate.maxPerplexity.toFixed(3))} ×`]),
    ...(gate.minAgreement === undefined ? [] : [`same word ≥ ${formatShare(gate.minAgreement, 0)}`]),
    ...(gate.minClauseF1 === undefined ? [] : [`F1 ≥ ${trimmed(gate.minClauseF1.toFixed(3))}`]),
  ];
  return limits.length === 0 ? "no limit set yet" : `${limits.join(", ")}, else ${gate.otherwise}`;
}

function trimmed(number: string): string {
  return number.includes(".") ? number.replace(/\.?0+$/, "") : number;
}

/** The last part of a path of either system. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
