import { clauseCategories } from "../../core/documents/taxonomy";
import type { OwnCategory } from "../../protocol/model";

/** The answer for a passage that belongs to no category. */
export const noneAnswer = "None";

/** One kind of clause that the question offers. */
type Choice = Pick<OwnCategory, "name" | "description">;

/** The taxonomy's kinds of clauses and a person's own; of two with one name the taxonomy's. */
export function choicesWith(own: readonly OwnCategory[]): readonly Choice[] {
  const choices: Choice[] = [...clauseCategories];
  const taken = new Set([noneAnswer, ...choices.map(({ name }) => name)].map((name) => name.toLowerCase()));
  for (const { name, description } of own) {
    if (taken.has(name.toLowerCase())) continue;
    taken.add(name.toLowerCase());
    choices.push({ name, description });
  }
  return choices;
}

/**
 * The question put to an instruct model about one passage. All that is the same for every passage comes first, so that
 * it is decoded once for a whole document.
 */
export function clauseQuestion(choices: readonly Choice[], passage: string): string {
  return [
    "Decide which category a passage of a contract belongs to.",
    "Answer with the name of one category, exactly as it is written in this list, and nothing else.",
    "",
    ...choices.map(({ name, description }) => `- ${name}: ${description.replace(/\s+/gu, " ")}`),
    `- ${noneAnswer}: The passage is something else.`,
    "",
    `Passage: ${passage}`,
  ].join("\n");
}
