import { cutParts } from "../../core/documents/parts";
import { partialJson } from "./partialJson";
import type { Talk } from "./talk";
import { cutByTokens } from "./textParts";
import { quotesIn, type Stretch } from "./verification";
import type { Evidence } from "./writtenStatements";

/** Most tokens of an answer, and the share of the context that it may take. */
const longestAnswer = 1024;
const answerShare = 0.25;

/** How often a part whose answer is cut off is halved, and UTF-16 units of the least half. */
const mostHalvings = 2;
const leastHalf = 300;
/** A little more than a half, so that a cut at a good place gives two. */
const aboveHalf = 0.6;

/** Makes statements of what the model wrote. */
export type Reader<T> = (json: unknown, evidence: Evidence) => readonly T[];

export interface PartsRead<T> {
  /** Parts read to the end, of all. */
  readonly part: number;
  readonly parts: number;
  /** All that was written so far, in order. */
  readonly written: readonly T[];
}

export function answerTokens(talk: Talk): number {
  return Math.min(longestAnswer, Math.floor(answerShare * talk.context));
}

/**
 * Puts one task to the model for every part of a text, cut to fit its context. Yields before the first part, whenever a
 * statement has been written, and after each part. Parts that the model has nothing useful to say of add nothing.
 */
export async function* readParts<T>(talk: Talk, text: string, task: string, schema: object, read: Reader<T>): AsyncGenerator<PartsRead<T>> {
  const room = await talk.room(task, answerTokens(talk));
  const parts = await cutByTokens(text, room, (texts) => talk.count(texts));
  let written: readonly T[] = [];
  yield { part: 0, parts: parts.length, written };
  for (const [index, part] of parts.entries()) {
    const before = written;
    for await (const items of readPart({ talk, text, task, schema, read }, part, mostHalvings)) {
      if (before.length + items.length === written.length) continue;
      written = [...before, ...items];
      yield { part: index, parts: parts.length, written };
    }
    yield { part: index + 1, parts: parts.length, written };
  }
}

interface Task<T> {
  readonly talk: Talk;
  readonly text: string;
  readonly task: string;
  readonly schema: object;
  readonly read: Reader<T>;
}

/** What is written of a part, as it grows. A part whose answer is cut off is asked for again in halves, which together say more. */
async function* readPart<T>(task: Task<T>, part: Stretch, halvings: number): AsyncGenerator<readonly T[]> {
  const { talk, text } = task;
  const shown = text.slice(part.start, part.end);
  const evidence: Evidence = { shown, place: quotesIn(text, [part]) };
  let items: readonly T[] = [];
  let complete = true;
  for await (const event of talk.chat(talk.messages(shown, task.task), answerTokens(talk), task.schema)) {
    const { text: answer } = event.kind === "result" ? event.result : event.progress;
    if (event.kind === "result") complete = event.result.complete;
    items = task.read(partialJson(answer, "whole"), evidence);
    yield items;
  }
  if (complete || halvings === 0 || shown.length < 2 * leastHalf) return;
  let done: readonly T[] = [];
  for (const half of cutParts(shown, Math.ceil(aboveHalf * shown.length))) {
    const before = done;
    for await (const some of readPart(task, { start: part.start + half.start, end: part.start + half.end }, halvings - 1)) {
      done = [...before, ...some];
      if (done.length > items.length) yield done;
    }
  }
}
