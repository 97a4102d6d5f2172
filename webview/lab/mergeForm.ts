import { ranges } from "../../src/core/recipes/limits";
import type { MergeStep } from "../../src/protocol/recipe";
import { h } from "../dom";
import { numberField } from "./controls";
import { ruleOf } from "./fieldValues";
import { PathField } from "./pathField";
import { edited } from "./stepEdits";
import type { StepForm, StepListeners } from "./stepForm";

/** Which adapter becomes part of the model, and how strongly. */
export class MergeForm implements StepForm<MergeStep> {
  readonly #adapter: PathField;
  readonly #scale;
  readonly element: HTMLElement;
  #step: MergeStep = { kind: "merge", adapter: "", scale: 1 };

  constructor(listeners: StepListeners<MergeStep>) {
    this.#adapter = new PathField("Adapter", "A LoRA adapter, as a GGUF file", false, (adapter = "") => listeners.onChange(edited(this.#step, { adapter })), () => listeners.onBrowse("adapter"));
    this.#scale = numberField({ label: "Scale", title: "1 is as it was trained", width: 5, rule: ruleOf(ranges.scale) }, (scale = 1) => listeners.onChange(edited(this.#step, { scale })));
    this.element = h("div", { class: "form" }, h("div", { class: "fields" }, this.#adapter.element, this.#scale.element), h("p", { class: "form-note dim" }, "Only the matrices that the adapter changes are quantized anew; all else stays bit for bit."));
  }

  update(step: MergeStep): void {
    this.#step = step;
    this.#adapter.update(step.adapter, "path of a .gguf adapter");
    this.#scale.update(step.scale);
  }
}
