/** Beyond twice what it was trained for, an adapter drowns the model. */
const largestScale = 2;

/** What an adapter is scaled for: to be used beside the model, where 0 switches it off, or to become part of it, where 0 does nothing. */
export type ScalePurpose = "use" | "merge";

/** A scale as a person types it: "1", "0.5", "0,5"; undefined for anything but a number from 0 to 2. */
export function parseScale(text: string): number | undefined {
  const number = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && number >= 0 && number <= largestScale ? number : undefined;
}

export function scaleProblem(text: string, purpose: ScalePurpose = "use"): string | undefined {
  const scale = parseScale(text);
  if (purpose === "merge") return scale === undefined || scale === 0 ? `Type a number above 0, at most ${largestScale}, e.g. 1 as it was trained.` : undefined;
  return scale === undefined ? `Type a number from 0 (switched off) to ${largestScale}, e.g. 1 as it was trained.` : undefined;
}
