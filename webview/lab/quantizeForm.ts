import { gptqTypes } from "../../src/protocol/compression";
import { type QuantType, quantTypes } from "../../src/protocol/model";
import type { QuantizeStep } from "../../src/protocol/recipe";
import { h } from "../dom";
import { Segmented } from "../segmented";
import { Select } from "../select";
import { Tick, labelled } from "./controls";
import { edited, isGptqType } from "./stepEdits";
import type { StepForm, StepListeners } from "./stepForm";

/** To which level, with an importance matrix or without, and how weights are rounded. */
export class QuantizeForm implements StepForm<QuantizeStep> {
  readonly #level: Select<QuantType>;
  readonly #imatrix: Tick;
  readonly #rounding: Segmented<"ggml" | "gptq">;
  readonly #note = h("p", { class: "form-note dim" }, "GPTQ reads the text through the unrounded model; the size is that of the plain level.");
  readonly element: HTMLElement;
  #step: QuantizeStep = { kind: "quantize", level: "Q4_K_M" };

  constructor(listeners: StepListeners<QuantizeStep>) {
    const change = (edit: Partial<QuantizeStep>): void => listeners.onChange(edited(this.#step, edit));
    this.#level = new Select("Level", (level) => change({ level, ...(!isGptqType(level) && { rounding: undefined }) }));
    this.#imatrix = new Tick("Importance matrix", (ticked) => change({ imatrix: ticked || undefined }), "Made on the recipe's text: weights that matter more to it are kept more exactly");
    this.#rounding = new Segmented("Rounding", [
      { value: "ggml", label: "Plain", title: "ggml's own rounding, each weight by itself" },
      { value: "gptq", label: "GPTQ", title: `What one weight's rounding spoils the next ones make up for (arXiv 2210.17323); for ${gptqTypes.join(", ")}` },
    ], (rounding) => change(rounding === "gptq" ? { rounding, ...(!isGptqType(this.#step.level) && { level: "Q4_0" }) } : { rounding: undefined }));
    this.element = h("div", { class: "form" }, h("div", { class: "fields" }, labelled("Level", this.#level.element), labelled("Rounding", this.#rounding.element), this.#imatrix.element), this.#note);
  }

  update(step: QuantizeStep): void {
    this.#step = step;
    this.#level.update(quantTypes.map((level) => ({ value: level, label: level })), step.level);
    this.#imatrix.update(step.imatrix === true);
    this.#rounding.update(step.rounding ?? "ggml");
    this.#note.hidden = step.rounding === undefined;
  }
}
