import { mergePoints } from "../../core/documents/merge";
import type { Quote, SummaryPoint } from "../../protocol/documents";
import { partialJson } from "./partialJson";
import { answerTokens, readParts } from "./partReader";
import type { Talk } from "./talk";
import { fitsAtOnce } from "./textParts";
import { condensedSchema, pointsSchema } from "./writtenSchemas";
import { condensedOf, pointsOf } from "./writtenStatements";

/** Points of a document that is read at once, of each part of a longer one, and of what parts are condensed to. */
const pointsOfWhole = 6;
const pointsOfPart = 2;
const pointsAtLast = 8;

export interface SummaryProgress {
  /** Parts read to the end, of all. */
  readonly part: number;
  readonly parts: number;
  readonly points: readonly SummaryPoint[];
  /** All quotes that the model gave. */
  readonly quotes: readonly Quote[];
}

/** Sums up a text: two points of each part, then the parts' points together, again while there are too many for one question. */
export async function* summarise(talk: Talk, text: string): AsyncGenerator<SummaryProgress> {
  const room = await talk.room(talk.prompts.summary(pointsOfWhole), answerTokens(talk));
  const most = (await fitsAtOnce(text, room, (texts) => talk.count(texts))) ? pointsOfWhole : pointsOfPart;
  let last: SummaryProgress | undefined;
  for await (const { part, parts, written } of readParts(talk, text, talk.prompts.summary(most), pointsSchema(most), pointsOf)) {
    last = { part, parts, points: mergePoints(written), quotes: written.flatMap(({ quotes }) => quotes) };
    yield last;
  }
  if (!last || last.points.length <= pointsAtLast) return;
  const [found, others] = [last.points.filter(isFound), last.points.filter((point) => !isFound(point))];
  yield { ...last, points: [...(await condensed(talk, found)), ...others] };
}

/** What was not found in the text is not joined with what was: the whole would look verified. */
function isFound({ quotes }: SummaryPoint): boolean {
  return quotes.some(({ match }) => match !== "none");
}

/** What cannot be condensed stays as it is. */
async function condensed(talk: Talk, points: readonly SummaryPoint[]): Promise<readonly SummaryPoint[]> {
  let left = points;
  while (left.length > pointsAtLast) {
    const fewer: SummaryPoint[] = [];
    for (const group of await groupsOf(talk, left)) fewer.push(...(await condenseGroup(talk, group)));
    if (fewer.length >= left.length) return left;
    left = fewer;
  }
  return left;
}

async function condenseGroup(talk: Talk, points: readonly SummaryPoint[]): Promise<readonly SummaryPoint[]> {
  const numbered = points.map(({ text }, index) => `${index + 1}. ${text}`).join("\n");
  const messages = [{ role: "system", text: talk.prompts.rules }, { role: "user", text: talk.prompts.condense(numbered, pointsAtLast) }] as const;
  const { text } = await talk.answer(messages, answerTokens(talk), condensedSchema(pointsAtLast));
  const joined = condensedOf(partialJson(text, "whole"), points);
  return joined.length > 0 ? joined : points;
}

/** Groups of points that fit into one question. */
async function groupsOf(talk: Talk, points: readonly SummaryPoint[]): Promise<readonly (readonly SummaryPoint[])[]> {
  let room = await talk.room(talk.prompts.condense("", pointsAtLast), answerTokens(talk));
  const groups: SummaryPoint[][] = [[]];
  const counts = await talk.count(points.map(({ text }) => `000. ${text}\n`));
  const whole = room;
  points.forEach((point, index) => {
    const cost = counts[index] ?? 0;
    if (cost > room && groups.at(-1)!.length > 0) {
      groups.push([]);
      room = whole;
    }
    groups.at(-1)!.push(point);
    room -= cost;
  });
  return groups;
}
