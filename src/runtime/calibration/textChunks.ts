import { evenRows } from "../../core/compression/relativeError";
import type { ReadingParams } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { MeasuredModel } from "../evaluation/measuredModel";
import { fewestTokens } from "./inputSums";

/** Tokens that the library computes at once; shorter chunks are read side by side. */
export const tokensAtOnce = 512;

/** Throws a HumanError for a wish that no text can fulfil, and where there is no text. */
export function checkReading({ texts, context, chunks }: ReadingParams): void {
  if (!Number.isInteger(context) || context < fewestTokens) throw new HumanError("badArgument", `The context must be at least ${fewestTokens} tokens.`);
  if (chunks !== undefined && (!Number.isInteger(chunks) || chunks < 1)) throw new HumanError("badArgument", "The number of chunks must be at least 1.");
  if (!texts.some(({ text }) => text.trim() !== "")) throw new HumanError("textTooShort", "There is no text to calibrate on: choose documents like those that the model will read.");
}

/**
 * The texts read as one, in chunks of `context` tokens; of too many, evenly spread ones. Each begins with the vocabulary's start
 * token, where it asks for one.
 */
export async function chunksOf(model: MeasuredModel, { texts, context, chunks }: ReadingParams): Promise<readonly Int32Array[]> {
  const tokens = joined(await Promise.all(texts.map(({ text }) => model.tokenize(text))));
  const all = Math.floor(tokens.length / context);
  if (all === 0) throw new HumanError("textTooShort", `The text has ${tokens.length} tokens, fewer than one chunk of ${context}: take more text or a smaller context.`);
  return evenRows(all, chunks ?? all).map((chunk) => {
    const own = tokens.slice(chunk * context, (chunk + 1) * context);
    if (model.bos !== undefined) own[0] = model.bos;
    return own;
  });
}

export function joined(parts: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
