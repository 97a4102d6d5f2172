/** Beyond twice what it was trained for, an adapter drowns the model. */
const largestScale = 2;

/** A scale as a person types it: "1", "0.5", "0,5"; undefined for anything but a number from 0 to 2. */
export function parseScale(text: string): number | undefined {
  const number = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && number >= 0 && number <= largestScale ? number : undefined;
}

export function scaleProblem(text: string): string | undefined {
  return parseScale(text) === undefined ? `Type a number from 0 (switched off) to ${largestScale}, e.g. 1 as it was trained.` : undefined;
}
