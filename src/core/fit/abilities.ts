import type { QuantType } from "../../protocol/model";
import { type Ability, type WrittenPart, writtenParts } from "../../protocol/panels";
import { formatBytes } from "../format";
import { quantLevels } from "../gguf/quantLevels";

/** What a model is asked to do besides naming clauses. */
export type GenerativeTask = WrittenPart | "questions" | "wording";

/**
 * Weights from which a model is usually good enough for a task. A rule of thumb, not a measurement: smaller ones follow
 * the format but miss or confuse more. The measured number beside it is the share of a model's quotes that were found in
 * the text (`verified` in the snapshot).
 */
export const leastWeights: Readonly<Record<GenerativeTask, number>> = { facts: 1.5e9, questions: 1.5e9, summary: 1.5e9, obligations: 3e9, wording: 3e9 };

const taskWords: Readonly<Record<GenerativeTask, string>> = {
  facts: "facts need", questions: "questions need", summary: "a summary needs", obligations: "obligations and risks need", wording: "new wording needs",
};

/** What abilities are told from. */
export interface ModelTraits {
  /** e.g. "contracts-5m Q8_0". */
  readonly name: string;
  /** Number of weights. */
  readonly parameters: number;
  readonly hasChatTemplate: boolean;
}

/**
 * Instruct models with a permissive licence (Apache 2.0) that read English and Russian; weights by their model cards.
 * Sizes follow from the weights and the bits per weight of a level.
 */
const namedModels: readonly { readonly name: string; readonly parameters: number }[] = [
  { name: "Qwen2.5-1.5B-Instruct", parameters: 1.54e9 },
  { name: "Qwen3-4B-Instruct-2507", parameters: 4.02e9 },
];
/** Best first. */
const namedLevels: readonly QuantType[] = ["Q8_0", "Q4_K_M"];
/** Share of the machine's memory that a model's weights may take, the rest being for its context, the editor and the system. */
const memoryShare = 0.6;

export interface AbilityQuestion {
  readonly model: ModelTraits;
  /** Bytes of memory of the machine. */
  readonly memory: number;
  /** Models that are there already, smallest first. */
  readonly atHand?: readonly ModelTraits[];
}

export function abilityFor(task: GenerativeTask, { model, memory, atHand = [] }: AbilityQuestion): Ability {
  const least = leastWeights[task];
  const need = `${taskWords[task]} an instruct model of about ${weightWords(least)} weights`;
  const better = atHand.find(({ hasChatTemplate, parameters }) => hasChatTemplate && parameters >= least);
  const advice = better ? `, such as ${better.name}, which is among your models` : nameOne(least, memory);
  if (!model.hasChatTemplate) return { able: false, sentence: `${model.name} has ${weightWords(model.parameters)} weights and no chat template; ${need}${advice}.` };
  if (model.parameters >= least) return { able: true };
  return { able: true, sentence: `${model.name} has ${weightWords(model.parameters)} weights; for reliable answers ${need}${advice}.` };
}

export function abilitiesOf(question: AbilityQuestion): Readonly<Record<WrittenPart | "questions", Ability>> {
  const [facts, obligations, summary] = writtenParts.map((part) => abilityFor(part, question));
  return { facts: facts!, obligations: obligations!, summary: summary!, questions: abilityFor("questions", question) };
}

/** The smallest named model that is large enough, in the best level that the machine has room for. */
function nameOne(least: number, memory: number): string {
  const model = namedModels.find(({ parameters }) => parameters >= least)!;
  const bytes = (level: QuantType): number => (model.parameters * quantLevels[level].bitsPerWeight) / 8;
  const level = namedLevels.find((candidate) => bytes(candidate) <= memoryShare * memory);
  if (level) return `, for instance ${model.name} at ${level} (${formatBytes(bytes(level), 1)}), which fits this machine`;
  return `, and this machine's ${formatBytes(memory, 1)} of memory have no room for one (${model.name} at ${namedLevels.at(-1)} takes ${formatBytes(bytes(namedLevels.at(-1)!), 1)})`;
}

/** "5.1 million", "1.5 billion". */
function weightWords(parameters: number): string {
  const [value, unit] = parameters >= 1e9 ? [parameters / 1e9, "billion"] : [parameters / 1e6, "million"];
  return `${value >= 10 ? value.toFixed(0) : Number(value.toFixed(1))} ${unit}`;
}
