import { quantLevels } from "../../core/gguf/quantLevels";
import type { ModelFile, QuantSize, QuantType } from "../../protocol/model";
import { formatBytes, formatPercent } from "../format";

export type LevelGroup = "smaller" | "notSmaller" | "impossible";

/** One line of the level picker. */
export interface LevelChoice {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly type: QuantType;
  readonly group: LevelGroup;
}

const groupOrder: readonly LevelGroup[] = ["smaller", "notSmaller", "impossible"];

/** Every level with what it would give, the largest that saves something first; what cannot be made comes last. */
export function levelChoices(model: ModelFile, sizes: readonly QuantSize[]): readonly LevelChoice[] {
  const choices = sizes.map((size) => ({ bytes: size.bytes, choice: levelChoice(model, size) }));
  return choices
    .sort((a, b) => groupOrder.indexOf(a.choice.group) - groupOrder.indexOf(b.choice.group) || b.bytes - a.bytes)
    .map(({ choice }) => choice);
}

function levelChoice(model: ModelFile, size: QuantSize): LevelChoice {
  const { type } = size;
  const problem = type === model.type ? `${model.family} is ${type} already.` : size.problem;
  if (problem !== undefined) return { label: type, description: "", detail: problem, type, group: "impossible" };
  const description = [
    formatBytes(size.bytes),
    `${formatPercent(size.bytes / Math.max(1, model.bytes))} of ${model.type === "unknown" ? "the original" : model.type}`,
    `${size.bitsPerWeight.toFixed(2)} bits per weight`,
  ].join(" · ");
  const detail = size.fallbacks > 0 ? `${quantLevels[type].advice} ${fallbackSentence(size.fallbacks)}` : quantLevels[type].advice;
  return { label: type, description, detail, type, group: size.bytes < model.bytes ? "smaller" : "notSmaller" };
}

function fallbackSentence(fallbacks: number): string {
  return fallbacks === 1 ? "One tensor stays larger, because its rows do not divide." : `${fallbacks} tensors stay larger, because their rows do not divide.`;
}
