import { HumanError } from "../../protocol/humanError";

/** UTF-16 units; some 3,000 pages. */
export const longestText = 10_000_000;
/** Units looked at to tell text from a binary file. */
const looked = 100_000;
/** Share of control and replacement characters from which a text is none. */
const mostUnreadable = 0.02;

/** Throws a HumanError for what cannot be analysed at all. */
export function requireReadable(name: string, text: string): void {
  if (text.trim() === "") throw new HumanError("textTooShort", `${name} is empty: there is nothing to analyse.`);
  if (text.length > longestText) {
    throw new HumanError("badArgument", `${name} has ${(text.length / 1e6).toFixed(1)} million characters, more than the ${longestText / 1e6} million that are read at once. Split it into parts.`);
  }
  const sample = text.slice(0, looked);
  const unreadable = sample.match(/[\0-\x08\x0e-\x1f\ufffd]/g)?.length ?? 0;
  if (unreadable > mostUnreadable * sample.length) throw new HumanError("unsupported", `${name} seems to be a binary file, not text. Word documents and PDF files can be opened with “Open as Text and Analyse”.`);
  if (!/\p{L}/u.test(text)) throw new HumanError("textTooShort", `${name} has no words: there is nothing to analyse.`);
}
