import { basename } from "node:path";
import type { NamedText } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { LabText } from "../../services/lab/labParts";
import { type Invocation, optionalCount, severalTexts } from "../command";
import { readTexts } from "../textFolder";

/** Options of what is read: a text, and how much of it. */
export const readingOptions = { text: { type: "string", multiple: true }, context: { type: "string" }, chunks: { type: "string" } } as const;
export const readingDetails = [
  "  --text F|DIR     text to read, or a folder of texts; may be given several times",
  "  --context N      tokens of a chunk (512, or what the model was trained for)",
  "  --chunks N       chunks that are read, at most",
];

export interface Reading {
  readonly context?: number;
  readonly chunks?: number;
}

export function readingOf(invocation: Invocation): Reading {
  return { context: optionalCount(invocation, "context"), chunks: optionalCount(invocation, "chunks") };
}

/** The texts that --text names; none where it is absent. */
export function textsOf(invocation: Invocation): Promise<readonly NamedText[]> {
  return readTexts(severalTexts(invocation, "text"));
}

/** The same as one text; undefined where --text is absent. */
export async function givenText(invocation: Invocation): Promise<LabText | undefined> {
  const texts = await textsOf(invocation);
  const [only] = texts;
  if (only === undefined) return undefined;
  const name = texts.length === 1 ? only.name : `${texts.length} texts of ${severalTexts(invocation, "text").map((path) => basename(path)).join(", ")}`;
  return { name, text: texts.map(({ text }) => text).join("\n\n") };
}

export async function requiredText(invocation: Invocation): Promise<LabText> {
  const text = await givenText(invocation);
  if (!text) throw new HumanError("badArgument", "--text is missing, e.g. --text contract.md or --text contracts/.");
  return text;
}
