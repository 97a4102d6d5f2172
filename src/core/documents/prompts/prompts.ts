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
}

/** English also for documents in other languages: the rules then ask for the document's own. */
export function promptsFor(text: string): Prompts {
  return languageOf(text) === "Russian" ? russian : english;
}

/** Puts a text between marks that it does not contain, so that it cannot end itself and go on as instructions. */
export function betweenMarks(text: string): string {
  let number = 1;
  while (text.includes(`DOCUMENT ${number}`)) number++;
  return `=== BEGIN DOCUMENT ${number} ===\n${text}\n=== END DOCUMENT ${number} ===`;
}
