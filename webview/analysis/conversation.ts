import type { Answer } from "../../src/protocol/documents";
import type { AnalysisSnapshot } from "../../src/protocol/panels";
import { h } from "../dom";
import { LongList } from "../longList";
import { progressRing } from "../toolkit";
import { type OnPlace, quoteBlock } from "./quotes";
import { answerPrint } from "./words";

type Turn = { readonly answer: Answer } | { readonly asking: NonNullable<AnalysisSnapshot["asking"]> };

/** Questions and answers, the newest at the bottom; the one that is being written grows there. */
export class Conversation {
  readonly #turns = h("div", { class: "turns" });
  readonly #list: LongList<Turn>;
  readonly element: HTMLElement;
  #count = 0;

  constructor(onPlace: OnPlace) {
    this.#list = new LongList<Turn>(this.#turns, (_, index) => String(index), (turn) => ("answer" in turn ? answered(turn.answer, onPlace) : beingAnswered(turn.asking)));
    this.element = h("div", { class: "scroll conversation", tabindex: -1 }, this.#turns, this.#list.more);
  }

  update(answers: readonly Answer[], asking: AnalysisSnapshot["asking"]): void {
    const turns: readonly Turn[] = [...answers.map((answer) => ({ answer })), ...(asking ? [{ asking }] : [])];
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    const atEnd = scrollHeight - scrollTop - clientHeight < 40;
    this.#list.update(turns);
    this.#list.include(turns.length - 1);
    if (atEnd || turns.length > this.#count) this.element.scrollTop = this.element.scrollHeight;
    this.#count = turns.length;
  }

  showEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }
}

function answered(answer: Answer, onPlace: OnPlace): HTMLElement {
  return h(
    "article",
    { class: "turn" },
    h("h2", { class: "question" }, answer.question),
    h("p", { class: "answer" }, answer.text),
    ...answer.quotes.map((quote) => quoteBlock(quote, onPlace)),
    h("p", { class: "print dim" }, answerPrint(answer)),
  );
}

function beingAnswered({ question, text }: NonNullable<AnalysisSnapshot["asking"]>): HTMLElement {
  const words = text === "" ? h("p", { class: "answer dim waiting" }, progressRing(), "Reading the document…") : h("p", { class: "answer growing" }, text);
  return h("article", { class: "turn", "aria-busy": "true" }, h("h2", { class: "question" }, question), words);
}
