import { clauseCategories } from "../../core/documents/taxonomy";

/** The answer for a passage that belongs to no category. */
export const noneAnswer = "None";

/** All answers that the question allows. No one is the beginning of another, so the first tokens tell them apart. */
export const answers: readonly string[] = [noneAnswer, ...clauseCategories.map(({ name }) => name)];

/**
 * The question put to an instruct model about one passage. All that is the same for every passage comes first, so that
 * it is decoded once for a whole document.
 */
export function clauseQuestion(passage: string): string {
  return [
    "Decide which category a passage of a contract belongs to.",
    "Answer with the name of one category, exactly as it is written in this list, and nothing else.",
    "",
    ...clauseCategories.map(({ name, description }) => `- ${name}: ${description}`),
    `- ${noneAnswer}: The passage is something else.`,
    "",
    `Passage: ${passage}`,
  ].join("\n");
}
