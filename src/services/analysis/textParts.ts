import { cutParts, type Part } from "../../core/documents/parts";
import { HumanError } from "../../protocol/humanError";

/** UTF-16 units of one token to begin with: English has about four, Russian two to three. */
const guessedUnits = 3;
/** Parts whose largest fills less than this share of the room are made larger. */
const wellFilled = 0.6;
/** Aims a little below the room, because tokens are not spread evenly. */
const aim = 0.9;
const mostRounds = 10;

/** A text with more UTF-16 units than this for each token of room is not even counted. */
const mostUnitsPerToken = 12;

export type TokenCounter = (texts: readonly string[]) => Promise<readonly number[]>;

/** Whether a whole text has at most `room` tokens. A huge one is never counted. */
export async function fitsAtOnce(text: string, room: number, count: TokenCounter): Promise<boolean> {
  if (text.length > mostUnitsPerToken * room) return false;
  const [tokens = 0] = await count([text]);
  return tokens <= room;
}

/** Cuts a text along its structure into parts of at most `room` tokens; one that fits stays whole. */
export async function cutByTokens(text: string, room: number, count: TokenCounter): Promise<readonly Part[]> {
  if (await fitsAtOnce(text, room, count)) return [{ start: 0, end: text.length }];
  let longest = guessedUnits * room;
  let fitting: readonly Part[] | undefined;
  for (let round = 0; round < mostRounds; round++) {
    const parts = cutParts(text, longest);
    const tokens = await count(parts.map(({ start, end }) => text.slice(start, end)));
    const largest = tokens.reduce((most, one) => Math.max(most, one), 1);
    if (largest > room && fitting) return fitting;
    if (largest <= room) {
      if (fitting || parts.length <= 1 || largest >= wellFilled * room) return parts;
      fitting = parts;
    }
    // A text shorter than the guess is cut by its own length.
    longest = Math.floor((Math.min(longest, text.length) * aim * room) / largest);
  }
  if (fitting) return fitting;
  throw new HumanError("badArgument", `The text cannot be cut into parts of ${room} tokens. Load the model with a larger context.`);
}
