import { plainText } from "../models/safePath";

/** A name that a stranger chose, in quotes, fit for a sentence. */
export function shown(name: string): string {
  return `"${plainText(name, 80)}"`;
}
