import { plainText } from "../models/safePath";

/** A name that a stranger chose, in quotes, fit for a sentence. */
export function shown(name: string): string {
  return `"${plainText(name, 80)}"`;
}

/** A value of a stranger's JSON, which may be nested deeper than it can be written out. */
export function shownJson(value: unknown): string {
  try {
    return shown(typeof value === "string" ? value : JSON.stringify(value) ?? "missing");
  } catch {
    return shown("a list of lists of lists…");
  }
}

/** " and 3 others", nothing where there is only the one that was named. */
export function andOthers(count: number): string {
  return count < 2 ? "" : ` and ${count - 1} other${count > 2 ? "s" : ""}`;
}
