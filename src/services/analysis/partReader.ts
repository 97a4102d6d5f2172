import { partialJson } from "./partialJson";
import type { Talk } from "./talk";
import { cutByTokens } from "./textParts";
import { quotesIn } from "./verification";
import type { Evidence } from "./writtenStatements";

/** Most tokens of an answer, and the share of the context that it may take. */
const longestAnswer = 1024;
const answerShare = 0.25;

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
export async function* readParts<T>(talk: Talk, text: string, task: string, schema: object, read: (json: unknown, evidence: Evidence) => readonly T[]): AsyncGenerator<PartsRead<T>> {
  const room = await talk.room(task, answerTokens(talk));
  const parts = await cutByTokens(text, room, (texts) => talk.count(texts));
  let written: readonly T[] = [];
  yield { part: 0, parts: parts.length, written };
  for (const [index, { start, end }] of parts.entries()) {
    const shown = text.slice(start, end);
    const evidence: Evidence = { shown, place: quotesIn(text, [{ start, end }]) };
    const before = written;
    let items: readonly T[] = [];
    for await (const event of talk.chat(talk.messages(shown, task), answerTokens(talk), schema)) {
      const ended = event.kind === "result";
      items = read(partialJson(ended ? event.result.text : event.progress.text, "whole"), evidence);
      if (!ended && before.length + items.length === written.length) continue;
      written = [...before, ...items];
      yield { part: index + (ended ? 1 : 0), parts: parts.length, written };
    }
  }
}
