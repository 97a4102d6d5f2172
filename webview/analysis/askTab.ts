import type { AnalysisSnapshot } from "../../src/protocol/panels";
import { h, replace } from "../dom";
import { message } from "../emptyMessage";
import { plural } from "../format";
import { Button } from "../toolkit";
import { AbilityNotice } from "./abilityNotice";
import { Conversation } from "./conversation";
import type { OnPlace } from "./quotes";

export interface AskTabListeners {
  onForget(): void;
  onChooseModel(): void;
  onPlace: OnPlace;
}

/** The conversation about the document. The box to ask in stands below all tabs. */
export class AskTab {
  readonly #words = h("span", { class: "dim" });
  readonly #forget: Button;
  readonly #bar: HTMLElement;
  readonly #notice: AbilityNotice;
  readonly #empty = h("div", { class: "empty-frame" });
  readonly #conversation: Conversation;
  readonly element: HTMLElement;

  constructor(listeners: AskTabListeners) {
    this.#forget = new Button({ label: "Forget", icon: "clear-all", class: "forget small", title: "Clear these questions and answers", onClick: listeners.onForget });
    this.#bar = h("div", { class: "written-bar" }, this.#words, h("span", { class: "grow" }), this.#forget.element);
    this.#notice = new AbilityNotice(() => listeners.onChooseModel());
    this.#conversation = new Conversation(listeners.onPlace);
    this.element = h("div", { class: "tab-body" }, h("div", { class: "written" }, this.#bar, this.#notice.element), this.#empty, this.#conversation.element);
  }

  update({ answers = [], asking, abilities, document: open }: AnalysisSnapshot): void {
    const some = answers.length > 0 || asking !== undefined;
    this.#bar.hidden = !some;
    this.#words.textContent = answers.length > 0 ? plural(answers.length, "question") : "";
    this.#forget.disabled = answers.length === 0 || asking !== undefined;
    this.#notice.update(abilities?.questions);
    this.#conversation.element.hidden = !some;
    this.#conversation.update(answers, asking);
    replace(
      this.#empty,
      some ? undefined
        : open ? message("comment-discussion", "Ask about this document", "Answers quote the text, and every quote is looked up in it. A follow-up question does not read the document again.")
          : message("file", "No document is open", "Open a document to ask about it."),
    );
  }

  showEnd(): void {
    this.#conversation.showEnd();
  }
}
