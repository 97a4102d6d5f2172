import { cutParts, type Part } from "../../core/documents/outline";
import { relevance } from "../../core/documents/relevance";
import type { Talk } from "./talk";
import { fitsAtOnce } from "./textParts";
import type { Stretch } from "./verification";

/** UTF-16 units of a passage: about a clause. */
const passageUnits = 1_200;
/** A follow-up whose best passages, so many, are still in the context is answered from what is there: nothing is read again. */
const decisive = 3;
/** Stands for what was left out; costs about this many tokens. */
const gap = "\n[…]\n";
const gapTokens = 4;

/** What of a document the model is shown. */
export interface Shown {
  readonly text: string;
  readonly stretches: readonly Stretch[];
}

/** The whole text where it fits, undefined where it does not. */
export async function wholeText(talk: Talk, text: string, room: number): Promise<Shown | undefined> {
  const fits = await fitsAtOnce(text, room, (texts) => talk.count(texts));
  return fits ? { text, stretches: [{ start: 0, end: text.length }] } : undefined;
}

/** Tokens that there is room for, and tokens of passages to choose. */
export interface PassageRoom {
  readonly room: number;
  readonly chosen: number;
}

/** The passages that share most words with a question, in the order of the document. `before` is what was shown last. */
export async function bestPassages(talk: Talk, text: string, question: string, { room, chosen: most }: PassageRoom, before: Shown | undefined): Promise<Shown> {
  const parts = cutParts(text, Math.min(passageUnits, most));
  const words = parts.map(({ start, end }) => text.slice(start, end));
  const scores = relevance(question, words);
  const ranked = parts.map((_, index) => index).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  const best = ranked.slice(0, decisive).filter((index) => (scores[index] ?? 0) > 0);
  if (before && best.every((index) => holds(before, parts[index]!)) && (await fitsAtOnce(before.text, room, (texts) => talk.count(texts)))) return before;
  const candidates = ranked.slice(0, most);
  const counts = await talk.count(candidates.map((index) => words[index]!));
  let left = most;
  const chosen = candidates.filter((_, rank) => {
    const cost = (counts[rank] ?? 0) + gapTokens;
    if (cost > left) return false;
    left -= cost;
    return true;
  });
  return joined(text, chosen.sort((a, b) => a - b).map((index) => parts[index]!));
}

/** Neighbouring passages become one. */
function joined(text: string, parts: readonly Part[]): Shown {
  const stretches: Stretch[] = [];
  for (const { start, end } of parts) {
    const last = stretches.at(-1);
    if (last && text.slice(last.end, start).trim() === "") stretches[stretches.length - 1] = { start: last.start, end };
    else stretches.push({ start, end });
  }
  return { text: stretches.map(({ start, end }) => text.slice(start, end)).join(gap), stretches };
}

function holds({ stretches }: Shown, { start, end }: Stretch): boolean {
  return stretches.some((stretch) => stretch.start <= start && stretch.end >= end);
}
