import type { QuantType } from "../../src/protocol/model";
import type { TradeoffAdvice } from "../../src/protocol/panels";
import { h, icon, replace } from "../dom";
import { Button } from "../toolkit";

/** "Take Q5_K_M." and why, with the button that makes it. */
export class AdviceBanner {
  readonly #words = h("p", {});
  readonly #button: Button;
  readonly element: HTMLElement;
  #type: QuantType | undefined;
  #signature = "";

  constructor(onQuantize: (type: QuantType) => void) {
    this.#button = new Button({ label: "Quantize", onClick: () => this.#type && onQuantize(this.#type), class: "take" });
    this.element = h("section", { class: "advice", "aria-label": "Advice" }, icon("lightbulb"), this.#words, this.#button.element);
  }

  update(advice: TradeoffAdvice | undefined, existing: string | undefined, measuring: boolean): void {
    const signature = JSON.stringify([advice, existing, measuring]);
    if (signature === this.#signature) return;
    this.#signature = signature;
    this.#type = advice?.type;
    this.#button.hidden = !advice;
    this.element.classList.toggle("idle", !advice);
    if (!advice) {
      replace(this.#words, h("span", { class: "dim" }, measuring ? "Advice follows as soon as a level is measured." : "Tick levels below and measure them: Decant then says which one to take, and why."));
      return;
    }
    this.#button.label = `Quantize to ${advice.type}`;
    replace(
      this.#words,
      h("strong", {}, `Take ${advice.type}.`),
      ` ${advice.sentence}`,
      advice.alternative ? h("span", { class: "dim" }, ` ${advice.alternative}`) : undefined,
      existing ? h("span", { class: "dim", title: existing }, " It already stands beside the model.") : undefined,
    );
  }
}
