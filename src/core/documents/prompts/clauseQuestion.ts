import type { OwnCategory } from "../../../protocol/documents";
import { clauseCategories } from "../taxonomy";
import { betweenMarks, type Prompts } from "./prompts";

/** The answer for a passage that belongs to no category; the same in all languages, as the names of categories are. */
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
 * The question put to an instruct model about one passage. All that is the same for every passage comes first, so that it is
 * decoded once for a whole document; then the passage as data between marks, and what is asked about it, so that the
 * passage does not have the last word.
 */
export function clauseQuestion({ clause }: Prompts, choices: readonly Choice[], passage: string): string {
  return [
    clause.instructions,
    "",
    ...choices.map(({ name, description }) => `- ${name}: ${(clause.descriptions[name] ?? description).replace(/\s+/gu, " ")}`),
    `- ${noneAnswer}: ${clause.none}`,
    "",
    betweenMarks(passage, clause.marks),
    "",
    clause.question,
  ].join("\n");
}
