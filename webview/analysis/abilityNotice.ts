import type { Ability } from "../../src/protocol/panels";
import { h, icon, replace } from "../dom";

/** What a part needs of a model: quiet, for nothing went wrong. */
export class AbilityNotice {
  readonly #mark = h("span", { class: "ability-mark" });
  readonly #words = h("span", {});
  readonly element: HTMLElement;

  constructor(onChooseModel: () => void) {
    const choose = h("button", { class: "link choose", type: "button", on: { click: onChooseModel } }, "Choose a model");
    this.element = h("div", { class: "notice ability", role: "note", hidden: true }, this.#mark, h("div", {}, this.#words, " ", choose));
  }

  update(ability: Ability | undefined): void {
    this.element.hidden = !ability?.sentence;
    this.#words.textContent = ability?.sentence ?? "";
    replace(this.#mark, ability?.able ? icon("warning", "severity-warning") : icon("info", "severity-information"));
  }
}
