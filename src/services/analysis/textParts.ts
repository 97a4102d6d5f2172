import { cutParts, type Part } from "../../core/documents/outline";
import { HumanError } from "../../protocol/humanError";

/** UTF-16 units of one token to begin with: English has about four, Russian two to three. */
const guessedUnits = 3;
/** Parts whose largest fills less than this share of the room are made larger. */
const wellFilled = 0.6;
/** Aims a little below the room, because tokens are not spread evenly. */
const aim = 0.9;
const mostRounds = 10;

/** Cuts a text along its structure into parts of at most `room` tokens. Never counts the whole text at once: it may be huge. */
export async function cutByTokens(text: string, room: number, count: (texts: readonly string[]) => Promise<readonly number[]>): Promise<readonly Part[]> {
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
    longest = Math.floor((longest * aim * room) / largest);
  }
  if (fitting) return fitting;
  throw new HumanError("badArgument", `The text cannot be cut into parts of ${room} tokens. Load the model with a larger context.`);
}
