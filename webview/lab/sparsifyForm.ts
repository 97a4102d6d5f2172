import type { SparsifyStep } from "../../src/protocol/recipe";
import { h } from "../dom";
import { Segmented } from "../segmented";
import { Slider, Tick, labelled } from "./controls";
import { edited } from "./stepEdits";
import type { StepForm, StepListeners } from "./stepForm";

/** How many single weights become zero, and which. */
export class SparsifyForm implements StepForm<SparsifyStep> {
  readonly #method: Segmented<SparsifyStep["method"]>;
  readonly #share: Slider;
  readonly #pattern: Tick;
  readonly element: HTMLElement;
  #step: SparsifyStep = { kind: "sparsify", method: "wanda", sparsity: 0.5 };

  constructor(listeners: StepListeners<SparsifyStep>) {
    const change = (edit: Partial<SparsifyStep>): void => listeners.onChange(edited(this.#step, edit));
    this.#method = new Segmented("Which weights", [
      { value: "wanda", label: "Wanda", title: "The smallest |weight| × norm of its input on the text (arXiv 2306.11695)" },
      { value: "magnitude", label: "Magnitude", title: "The smallest |weight|" },
    ], (method) => change({ method }));
    this.#share = new Slider("Zeros", { least: 0.05, most: 0.95 }, (sparsity) => change({ sparsity }), "Share of the weights of each row that become zero");
    this.#pattern = new Tick("2:4 pattern", (ticked) => change(ticked ? { pattern: "2:4", sparsity: 0.5 } : { pattern: undefined }), "Two of every four neighbours, as some hardware wants it");
    this.element = h(
      "div",
      { class: "form" },
      h("div", { class: "fields" }, labelled("Which weights", this.#method.element), this.#share.element, this.#pattern.element),
      h("p", { class: "form-note dim" }, "Size and speed stay as they are: a zero is stored like any other weight. The measurement tells how much of the model can be spared."),
    );
  }

  update(step: SparsifyStep): void {
    this.#step = step;
    this.#method.update(step.method);
    this.#share.update(step.pattern ? 0.5 : step.sparsity, step.pattern !== undefined);
    this.#pattern.update(step.pattern !== undefined);
  }
}
