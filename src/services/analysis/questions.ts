import { HumanError } from "../../protocol/humanError";
import type { Answer } from "../../protocol/documents";
import type { ChatResult } from "../../protocol/rpc";
import type { AnswerMemory } from "./answerMemory";
import { bestPassages, type Shown, wholeText } from "./excerpts";
import { partialJson } from "./partialJson";
import { listOf, proseOf } from "./readJson";
import type { Messages, Talk } from "./talk";
import { quotesIn } from "./verification";
import { answerSchema } from "./writtenSchemas";

/** Tokens of an answer at most, and the share of the context that it may take. */
const longestAnswer = 512;
const answerShare = 0.25;
/** Earlier questions that stay in the conversation, and the share of the context that they may take. */
const mostEarlier = 6;
const earlierShare = 0.25;
/** Tokens of passages that are shown however little room is left for questions to come. */
const leastPassages = 64;

export interface Question {
  /** As the person reads it. */
  readonly words: string;
  /** As the model is asked; the words where absent. */
  readonly asked?: string;
  /** Words that passages are chosen by where the document does not fit; the question where absent. */
  readonly about?: string;
}

export type AnswerEvent = { readonly kind: "progress"; readonly text: string } | { readonly kind: "result"; readonly answer: Answer };

/**
 * Answers a question about a text. The document comes first in the prompt, then earlier questions with their answers, then
 * this one: a follow-up costs only its own tokens. Where the document does not fit, the passages that share most words
 * with the question stand for it. `memory` is of this document and model.
 */
export async function* answerQuestion(talk: Talk, text: string, question: Question, earlier: readonly Answer[], memory: AnswerMemory): AsyncGenerator<AnswerEvent> {
  const maxTokens = Math.min(longestAnswer, Math.floor(answerShare * talk.context));
  const asked = talk.prompts.question(question.asked ?? question.words);
  const { turns, shown } = await chooseContext(talk, text, question, asked, earlier, maxTokens, memory);
  let last = "";
  for await (const event of talk.chat(conversation(talk, shown.text, turns, asked), maxTokens, answerSchema)) {
    if (event.kind === "result") {
      const answer = answerOf(event.result, question.words, text, shown);
      memory.keep(answer, event.result, shown);
      yield { kind: "result", answer };
      return;
    }
    const grown = proseOf(partialJson(event.progress.text, "all"), "answer");
    if (grown !== "" && grown !== last) yield { kind: "progress", text: (last = grown) };
  }
  throw new HumanError("runtimeStopped", "The runtime ended before it had answered.");
}

interface Turn {
  readonly asked: string;
  readonly answered: string;
}

/** The whole document, with as many of the last turns as fit beside it; else passages, with a few turns. */
async function chooseContext(
  talk: Talk, text: string, { words, about }: Question, asked: string, earlier: readonly Answer[], maxTokens: number, memory: AnswerMemory,
): Promise<{ readonly turns: readonly Turn[]; readonly shown: Shown }> {
  const turns = await lastTurns(talk, earlier, memory);
  for (let dropped = 0; dropped <= turns.length; dropped++) {
    const kept = turns.slice(dropped);
    const room = await talk.room(first(talk, asked), maxTokens, kept.flatMap((turn) => [turn.asked, turn.answered]));
    const shown = await wholeText(talk, text, room);
    if (shown) return { turns: kept, shown };
  }
  const room = await talk.room(first(talk, asked), maxTokens, turns.flatMap((turn) => [turn.asked, turn.answered]));
  // Room is left for questions to come, so that the same passages can stay for them.
  const chosen = Math.max(leastPassages, Math.min(room, (await talk.room(first(talk, asked), maxTokens)) - Math.floor(earlierShare * talk.context)));
  return { turns, shown: await bestPassages(talk, text, about ?? words, { room, chosen: Math.min(room, chosen) }, memory) };
}

async function lastTurns(talk: Talk, earlier: readonly Answer[], memory: AnswerMemory): Promise<readonly Turn[]> {
  const turns = earlier.slice(-mostEarlier).map((answer): Turn => ({ asked: talk.prompts.question(answer.question), answered: memory.written(answer) }));
  const counts = await talk.count(turns.map(({ asked, answered }) => `${asked}${answered}`));
  let left = earlierShare * talk.context;
  let from = turns.length;
  while (from > 0 && (counts[from - 1] ?? 0) <= left) left -= counts[--from] ?? 0;
  return turns.slice(from);
}

/** The first question, with how questions are to be answered. */
function first(talk: Talk, asked: string): string {
  return `${talk.prompts.answering}\n\n${asked}`;
}

function conversation(talk: Talk, shown: string, turns: readonly Turn[], asked: string): Messages {
  const questions = [...turns.map((turn) => turn.asked), asked];
  const [opening = asked, ...others] = questions;
  return [
    ...talk.messages(shown, first(talk, opening)),
    ...others.flatMap((other, index) => [{ role: "model", text: turns[index]?.answered ?? "" }, { role: "user", text: other }] as const),
  ];
}

function answerOf(result: ChatResult, question: string, text: string, shown: Shown): Answer {
  const written = partialJson(result.text, "all");
  const answer = proseOf(written, "answer");
  if (answer === "") throw new HumanError("failed", "The model gave no answer. Ask in other words, or load a larger model.");
  const place = quotesIn(text, shown.stretches);
  const quotes = listOf(written, "quotes").filter((quote): quote is string => typeof quote === "string" && quote.trim() !== "");
  const { firstTokenSeconds, seconds, promptTokens, reusedTokens } = result;
  return { question, text: result.complete ? answer : `${answer}…`, quotes: [...new Set(quotes)].map(place), firstTokenSeconds, seconds, promptTokens, reusedTokens };
}
