import { sentenceOf } from "../protocol/humanError";

/** What is wrong with the words after a command, in a sentence, where Node's own is meant for programmers. */
export function argumentProblem(error: unknown): string {
  const [option] = /--[^\s',]+/.exec(sentenceOf(error)) ?? /(?<=')-\w/.exec(sentenceOf(error)) ?? [];
  const { code } = error as NodeJS.ErrnoException;
  if (option !== undefined && code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") return `There is no option ${option} here.`;
  if (option !== undefined && code === "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") return /does not take/.test(sentenceOf(error)) ? `${option} takes no value.` : `${option} needs a value.`;
  return sentenceOf(error);
}
