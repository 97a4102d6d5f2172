import type { AnalysisSnapshot, WrittenPart } from "../../src/protocol/panels";
import { h } from "../dom";
import { Button } from "../toolkit";
import { AbilityNotice } from "./abilityNotice";
import { verifiedWords } from "./words";

export interface WrittenListeners {
  onWrite(part: WrittenPart): void;
  onChooseModel(): void;
}

/** The button that has a model write a part, what it needs, and how many of its quotes stand in the text. */
export class WrittenBar {
  readonly #button: Button;
  readonly #words = h("span", { class: "dim" });
  readonly #notice: AbilityNotice;
  readonly element: HTMLElement;

  /** `verb`: "Read", "Summarise". */
  constructor(private readonly part: WrittenPart, private readonly verb: string, listeners: WrittenListeners) {
    this.#button = new Button({ label: verb, icon: "sparkle", class: "write", onClick: () => listeners.onWrite(part) });
    this.#notice = new AbilityNotice(() => listeners.onChooseModel());
    this.element = h("div", { class: "written" }, h("div", { class: "written-bar" }, this.#button.element, this.#words), this.#notice.element);
  }

  /** `written`: what is shown comes from a model. */
  update({ model, writer = model, abilities, progress, verified, document: open }: AnalysisSnapshot, written: boolean): void {
    const ability = abilities?.[this.part];
    this.#button.label = `${this.verb} ${written ? "again " : ""}with ${writer ?? "a model"}`;
    this.#button.disabled = !open || progress !== undefined || ability?.able === false;
    this.#button.title = ability?.able === false ? (ability.sentence ?? "") : "";
    this.#words.textContent = written && verified && verified.all > 0 ? verifiedWords(verified) : "";
    this.#notice.update(ability);
  }
}
