/**
 * The text of an answer as far as it is written: without thoughts, which some models write although they are told not
 * to, without half a character at the end, and without blanks around it. JSON is left as it is but for the blanks.
 */
export function answerText(written: string, json: boolean): string {
  const whole = written.replace(/\ufffd+$/u, "");
  return (json ? whole : whole.replace(/^\s*<think>[^]*?(?:<\/think>|$)/u, "")).trim();
}

/** Whether a text is a whole JSON object or list. */
export function isWholeJson(text: string): boolean {
  if (!/[}\]]$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
