import { cutParts, type Part } from "../../core/documents/parts";
import { relevanceIn } from "../../core/documents/relevance";
import type { Talk } from "./talk";
import { fitsAtOnce } from "./textParts";
import type { Stretch } from "./verification";

/** UTF-16 units of a passage: about a clause. */
const passageUnits = 1_200;
/** Passages of fewer tokens than this are rare: no more are counted than would fit if all were so small. */
const smallPassage = 50;
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

/** The passages of a text, and how relevant each is to a question. */
export interface Passages {
  readonly text: string;
  /** UTF-16 units of a passage at most. */
  readonly longest: number;
  readonly parts: readonly Part[];
  readonly words: readonly string[];
  score(question: string): readonly number[];
}

/** What was found out about a text for earlier questions. */
export interface Excerpted {
  /** What was shown last. */
  readonly shown: Shown | undefined;
  passages: Passages | undefined;
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

/** The passages that share most words with a question, in the order of the document. `before` is of the same text, and keeps its passages. */
export async function bestPassages(talk: Talk, text: string, question: string, { room, chosen: most }: PassageRoom, before?: Excerpted): Promise<Shown> {
  const longest = Math.min(passageUnits, most);
  const known = before?.passages;
  const passages = known?.longest === longest && known.text === text ? known : passagesOf(text, longest);
  if (before) before.passages = passages;
  const { parts, words } = passages;
  const scores = passages.score(question);
  const ranked = parts.map((_, index) => index).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  const best = ranked.slice(0, decisive).filter((index) => (scores[index] ?? 0) > 0);
  const shown = before?.shown;
  if (shown && best.every((index) => holds(shown, parts[index]!)) && (await fitsAtOnce(shown.text, room, (texts) => talk.count(texts)))) return shown;
  const candidates = ranked.slice(0, Math.ceil(most / smallPassage));
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

function passagesOf(text: string, longest: number): Passages {
  const parts = cutParts(text, longest);
  const words = parts.map(({ start, end }) => text.slice(start, end));
  return { text, longest, parts, words, score: relevanceIn(words) };
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
