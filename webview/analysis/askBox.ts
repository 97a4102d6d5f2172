import type { AnalysisSnapshot } from "../../src/protocol/panels";
import { h } from "../dom";
import { Button } from "../toolkit";

export interface AskListeners {
  onAsk(question: string): void;
  onStop(): void;
  /** What stands in the box changed. */
  onDraft(draft: string): void;
}

/** One question to the model: Enter sends it, Shift+Enter starts a new line. */
export class AskBox {
  readonly #field = h("textarea", { rows: 1, placeholder: "Ask about this document…", "aria-label": "Ask about this document", spellcheck: "true" });
  readonly #hint = h("span", { class: "dim hint" }, "answers quote the text");
  readonly #send: Button;
  readonly #stop: Button;
  readonly element: HTMLElement;
  #asking = false;

  constructor(private readonly listeners: AskListeners, draft: string) {
    this.#field.value = draft;
    this.#field.addEventListener("input", () => this.#changed());
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#ask();
    });
    this.#send = new Button({ label: "Ask", appearance: "icon", icon: "send", class: "send", title: "Ask (Enter)", onClick: () => this.#ask() });
    this.#stop = new Button({ label: "Stop", appearance: "icon", icon: "debug-stop", class: "stop-asking", title: "Stop the answer", onClick: () => listeners.onStop() });
    this.element = h("div", { class: "ask-box" }, this.#field, this.#hint, this.#send.element, this.#stop.element);
    this.element.addEventListener("click", (event) => event.target === this.element && this.#field.focus());
    this.#drawButtons();
  }

  update({ asking, abilities, document: open }: AnalysisSnapshot): void {
    const ability = abilities?.questions;
    this.#field.disabled = !open || ability?.able === false;
    this.#field.title = ability?.able === false ? (ability.sentence ?? "") : "";
    this.element.classList.toggle("unable", this.#field.disabled);
    this.#asking = asking !== undefined;
    this.#drawButtons();
  }

  /** Puts a question back that could not be asked, unless another one was begun. */
  giveBack(question: string): void {
    if (this.#field.value !== "") return;
    this.#field.value = question;
    this.#changed();
  }

  focus(): void {
    this.#field.focus();
  }

  #ask(): void {
    const question = this.#field.value.trim();
    if (question === "" || this.#asking || this.#field.disabled) return;
    this.#field.value = "";
    this.#changed();
    this.listeners.onAsk(question);
  }

  #changed(): void {
    this.listeners.onDraft(this.#field.value);
    this.#drawButtons();
  }

  #drawButtons(): void {
    const hadFocus = [this.#send.element, this.#stop.element].some((element) => element.contains(document.activeElement));
    this.#hint.hidden = this.#field.value !== "";
    this.#send.hidden = this.#asking;
    this.#send.disabled = this.#field.disabled || this.#field.value.trim() === "";
    this.#stop.hidden = !this.#asking;
    if (hadFocus && this.#asking) this.#stop.element.focus();
    else if (hadFocus && this.#stop.element.hidden) this.#field.focus();
  }
}
