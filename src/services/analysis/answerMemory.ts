import type { Answer } from "../../protocol/documents";
import type { ChatResult } from "../../protocol/rpc";
import type { Excerpted, Passages, Shown } from "./excerpts";

/** Answers whose very words are remembered. */
const remembered = 32;

/** What earlier questions on one document and model left in the context: a follow-up that begins alike costs only its own tokens. */
export class AnswerMemory implements Excerpted {
  /** What the model was shown last. */
  shown: Shown | undefined;
  /** The document's passages, with their words counted. */
  passages: Passages | undefined;
  readonly #written = new Map<string, string>();

  keep(answer: Answer, { text, complete }: ChatResult, shown: Shown): void {
    this.shown = shown;
    if (complete) this.#written.set(keyOf(answer), text);
    const [oldest] = this.#written.keys();
    if (this.#written.size > remembered && oldest !== undefined) this.#written.delete(oldest);
  }

  /** The answer as the model wrote it, to the blank; where that is not known, as it would have. */
  written(answer: Answer): string {
    return this.#written.get(keyOf(answer)) ?? JSON.stringify({ answer: answer.text, quotes: answer.quotes.map(({ text }) => text) });
  }
}

function keyOf({ question, text }: Answer): string {
  return `${question}\n${text}`;
}
