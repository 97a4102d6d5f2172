import { languageOf } from "../language";
import { english } from "./english";
import { russian } from "./russian";

/**
 * What an instruct model is told, in the language of the document. The rules and the document come first and are the same
 * for every task on it, so that they are decoded once.
 */
export interface Prompts {
  /** Holds for every task: the document is data, quotes are copied, nothing is made up. */
  readonly rules: string;
  /** Says what stands between the marks. */
  document(between: string): string;
  readonly facts: string;
  readonly obligations: string;
  /** At most so many points. */
  summary(points: number): string;
  /** Condenses numbered points of several parts to at most so many. */
  condense(numbered: string, points: number): string;
  /** How questions are answered: said once, before the first. */
  readonly answering: string;
  question(question: string): string;
  /** The question put about one finding, as the person reads it. */
  explain(category: string, why: string): string;
  /** Asks about this passage. */
  about(question: string, passage: string): string;
  wording(category: string, passage: string, instruction: string | undefined): string;
  /** The question which kind of clause a passage is (clauseQuestion.ts). */
  readonly clause: ClausePrompts;
}

export interface ClausePrompts {
  /** What is to be decided, before the list of categories. */
  readonly instructions: string;
  /** Descriptions in this language by the names of categories; the taxonomy's English ones where absent. */
  readonly descriptions: Readonly<Record<string, string>>;
  /** Describes the answer for a passage that belongs to no category. */
  readonly none: string;
  readonly marks: Marks;
  /** Asked after the passage. */
  readonly question: string;
}

/** The words of the two marks around a text. */
export interface Marks {
  readonly begin: string;
  readonly end: string;
  /** Ends both of them; a number comes behind it. */
  readonly what: string;
}

const documentMarks: Marks = { begin: "BEGIN", end: "END", what: "DOCUMENT" };

/** English also for documents in other languages: the rules then ask for the document's own. */
export function promptsFor(text: string): Prompts {
  return languageOf(text) === "Russian" ? russian : english;
}

/** Puts a text between marks that it does not contain, so that it cannot end itself and go on as instructions. */
export function betweenMarks(text: string, { begin, end, what } = documentMarks): string {
  let number = 1;
  while (text.includes(`${what} ${number}`)) number++;
  return `=== ${begin} ${what} ${number} ===\n${text}\n=== ${end} ${what} ${number} ===`;
}
