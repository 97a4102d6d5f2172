import { ranges } from "../../src/core/recipes/limits";
import type { PruneStep } from "../../src/protocol/recipe";
import { h } from "../dom";
import { Segmented } from "../segmented";
import { Select } from "../select";
import { Slider, labelled, numberField } from "./controls";
import { Field } from "./field";
import { readBlocks, ruleOf, showBlocks } from "./fieldValues";
import { droppedBlocks, edited, isChosen } from "./stepEdits";
import type { StepContext, StepForm, StepListeners } from "./stepForm";

type Way = "none" | "least" | "chosen";

/** Which blocks go, and how much of each feed-forward part stays. */
export class PruneForm implements StepForm<PruneStep> {
  readonly #way: Segmented<Way>;
  readonly #count;
  readonly #by: Select<"influence" | "perplexity">;
  readonly #chosen: Field<readonly number[]>;
  readonly #share: Slider;
  readonly #least: HTMLElement;
  readonly #told = h("p", { class: "form-note dim" });
  readonly element: HTMLElement;
  #step: PruneStep = { kind: "prune" };
  #context: StepContext | undefined;

  constructor(listeners: StepListeners<PruneStep>) {
    const change = (edit: Partial<PruneStep>): void => listeners.onChange(edited(this.#step, edit));
    const least = (): { least: number; by: "influence" | "perplexity" } => (this.#step.blocks && !isChosen(this.#step.blocks) ? this.#step.blocks : { least: 1, by: "influence" });
    this.#way = new Segmented<Way>("Blocks to drop", [
      { value: "least", label: "By ranking", title: "The so many that matter least to the text" },
      { value: "chosen", label: "Chosen", title: "Blocks by their number" },
      { value: "none", label: "None" },
    ], (way) => change({ blocks: way === "none" ? undefined : way === "least" ? least() : this.#dropped() }));
    this.#count = numberField({ label: "How many", width: 4, rule: ruleOf(ranges.least) }, (count = 1) => change({ blocks: { ...least(), least: count } }));
    this.#by = new Select("Ranked by", (by) => change({ blocks: { ...least(), by } }), "Influence: how much a block changes the hidden state. Perplexity: how much worse the model is without it.");
    this.#least = h("div", { class: "fields inline" }, this.#count.element, labelled("Least by", this.#by.element));
    this.#chosen = new Field({ label: "Block numbers", width: 14, read: (text) => readBlocks(text, this.#context?.blocks), show: (blocks) => showBlocks(blocks ?? []), onChange: (blocks) => change({ blocks }) });
    this.#share = new Slider("Feed-forward kept", { least: 0.1, most: 1 }, (share) => change({ feedForward: share < 1 ? share : undefined }), "Share of the neurons of each feed-forward part that stays; the weakest go");
    this.element = h("div", { class: "form" }, h("div", { class: "fields" }, labelled("Blocks to drop", this.#way.element), this.#least, this.#chosen.element, this.#share.element), this.#told);
  }

  update(step: PruneStep, context: StepContext): void {
    this.#step = step;
    this.#context = context;
    const { blocks } = step;
    const chosen = blocks !== undefined && isChosen(blocks);
    this.#way.update(blocks === undefined ? "none" : chosen ? "chosen" : "least");
    this.#least.hidden = blocks === undefined || chosen;
    this.#chosen.element.hidden = !chosen;
    this.#by.update([{ value: "influence", label: "influence" }, { value: "perplexity", label: "perplexity" }], chosen || !blocks ? "influence" : blocks.by);
    if (chosen) this.#chosen.update(blocks);
    else this.#chosen.reset();
    if (blocks && !chosen) this.#count.update(blocks.least);
    this.#share.update(step.feedForward ?? 1);
    this.#tell(this.#words());
  }

  #words(): string {
    const { blocks } = this.#step;
    if (blocks === undefined) return this.#step.feedForward === undefined ? "Choose blocks to drop, or keep less of the feed-forward parts." : "";
    const dropped = droppedBlocks(this.#step, this.#context?.ranking);
    if (isChosen(blocks)) return "";
    return dropped ? `Drops ${dropped.length === 1 ? "block" : "blocks"} ${showBlocks(dropped)}.` : "The blocks are ranked on the text when the recipe runs, or now, under “Block importance”.";
  }

  #tell(words: string): void {
    this.#told.hidden = words === "";
    if (this.#told.textContent !== words) this.#told.textContent = words;
  }

  #dropped(): readonly number[] {
    const dropped = droppedBlocks(this.#step, this.#context?.ranking) ?? [];
    return dropped.length > 0 ? dropped : [Math.max(0, Math.floor((this.#context?.blocks ?? 2) / 2))];
  }
}
