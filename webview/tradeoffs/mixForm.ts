import type { MixGoal } from "../../src/protocol/panels";
import { h } from "../dom";
import { byteUnit } from "../format";
import { failureSentence } from "../notice";
import { Button, TextField } from "../toolkit";
import { readBudget } from "./budget";

/** "Fit to a budget": at most so large, or at most so much lost; the solver answers with a mix. */
export class MixForm {
  readonly #size: TextField;
  readonly #kl: TextField;
  readonly #find: Button;
  readonly #answer = h("p", { class: "mix-answer dim", role: "status" });
  readonly element: HTMLElement;
  #original = 0;
  #busy = false;

  /** `findMix` resolves when the mix has its row. */
  constructor(private readonly findMix: (goal: MixGoal) => Promise<void>) {
    const field = (label: string, title: string, placeholder: string, other: () => TextField): TextField =>
      new TextField({ label, title, placeholder, value: "", onEnter: () => void this.#ask(), onInput: (value) => this.#onInput(value, other()) });
    this.#size = field("Size of the file, at most", "e.g. 4.5 GB or 700 MB", "5.0 GiB", () => this.#kl);
    this.#kl = field("KL divergence, at most", "Nats per token that may be lost, e.g. 0.02", "0.02", () => this.#size);
    this.#find = new Button({ label: "Find a mix", class: "find-mix", onClick: () => void this.#ask() });
    this.#say("", false);
    this.element = h(
      "section",
      { class: "part mix", "aria-label": "Fit to a budget" },
      h("div", { class: "part-head" }, h("h2", {}, "Fit to a budget"), h("span", { class: "dim" }, "a mix of types, tensor by tensor")),
      h("div", { class: "form-row" }, h("span", { class: "dim" }, "At most"), this.#size.element, h("span", { class: "dim" }, "or lose"), this.#kl.element, this.#find.element),
      this.#answer,
    );
  }

  /** Bytes of the original: what a mix must stay below, and the unit of a bare number. */
  update(original: number, measuring: boolean): void {
    this.#original = original;
    this.#size.placeholder = `${((0.35 * original) / byteUnit(original).size).toPrecision(2)} ${byteUnit(original).name}`;
    this.#find.disabled = this.#busy || measuring;
  }

  /** Only one of the two can be asked for at a time: writing in one empties the other. */
  #onInput(value: string, other: TextField): void {
    if (value.trim() !== "") other.value = "";
    this.#say("", false);
  }

  async #ask(): Promise<void> {
    if (this.#busy) return;
    const answer = readBudget(this.#size.value, this.#kl.value, byteUnit(this.#original).size, this.#original);
    if ("wrong" in answer) return this.#say(answer.wrong, true);
    this.#busy = this.#find.disabled = true;
    this.#say("Searching…", false);
    try {
      await this.findMix(answer.goal);
      this.#say("Found: it has a row below. Measure it to be sure.", false);
    } catch (error) {
      this.#say(failureSentence(error) ?? "", failureSentence(error) !== undefined);
    } finally {
      this.#busy = this.#find.disabled = false;
    }
  }

  #say(words: string, wrong: boolean): void {
    this.#answer.textContent = words;
    this.#answer.hidden = words === "";
    this.#answer.classList.toggle("poor", wrong);
    const [size, kl] = [this.#size.value.trim() !== "", this.#kl.value.trim() !== ""];
    this.#size.invalid = wrong && (size || !kl);
    this.#kl.invalid = wrong && !size;
  }
}
