import { checkTrainSettings, defaultTrainSettings } from "../../src/core/training/defaultSettings";
import type { TrainSettings } from "../../src/protocol/compression";
import { sentenceOf } from "../../src/protocol/humanError";
import type { DistilStep, LoraStep } from "../../src/protocol/recipe";
import { h } from "../dom";
import { Segmented } from "../segmented";
import { AdapterFields } from "./adapterFields";
import { Tick, labelled } from "./controls";
import { Fold } from "./fold";
import { PathField } from "./pathField";
import { edited, firstAdapter } from "./stepEdits";
import type { StepContext, StepForm, StepListeners } from "./stepForm";
import { TrainingFields } from "./trainingFields";

/** From whom a model learns, what of it learns, and how. */
export class LearnForm<S extends DistilStep | LoraStep> implements StepForm<S> {
  readonly #source: PathField;
  readonly #what: Segmented<"adapter" | "all">;
  readonly #adapter: AdapterFields;
  readonly #merge: Tick;
  readonly #training: TrainingFields;
  readonly #advanced: Fold;
  readonly #problem = h("p", { class: "field-problem wide", role: "alert" });
  readonly #whatField: HTMLElement;
  readonly element: HTMLElement;
  #step: DistilStep | LoraStep | undefined;
  /** The last one, for when the adapter is taken again. */
  #lastAdapter = firstAdapter;

  constructor(kind: S["kind"], listeners: StepListeners<S>) {
    const change = (edit: Partial<DistilStep> & Partial<LoraStep>): void => {
      if (this.#step) listeners.onChange(edited<DistilStep | LoraStep>(this.#step, edit) as S);
    };
    this.#source = kind === "distil"
      ? new PathField("Teacher", "The model that is learnt from; it needs the same tokenizer", true, (teacher) => change({ teacher }), () => listeners.onBrowse("teacher"))
      : new PathField("Examples", "JSON lines: messages, prompt and completion, instruction and output, or text", true, (examples) => change({ examples }), () => listeners.onBrowse("examples"));
    this.#what = new Segmented("What learns", [
      { value: "adapter", label: "An adapter", title: "A small LoRA adapter; the model's own weights stay, and may be quantized" },
      { value: "all", label: "All weights", title: "The model's own weights, which must be unquantized: for small models" },
    ], (what) => change({ adapter: what === "adapter" ? this.#lastAdapter : undefined, ...(what === "all" && { merge: undefined }) }));
    this.#whatField = labelled("What learns", this.#what.element);
    this.#adapter = new AdapterFields((adapter) => change({ adapter }));
    this.#merge = new Tick("Merge it into the model", (ticked) => change({ merge: ticked || undefined }), "Otherwise the adapter lies beside the model as a file of its own");
    this.#training = new TrainingFields((settings) => change({ settings }));
    this.#advanced = new Fold("Advanced", (open) => listeners.onFold("advanced", open), this.#training.advanced);
    this.element = h("div", { class: "form" }, h("div", { class: "fields" }, this.#source.element, this.#whatField, this.#adapter.numbers, this.#training.main), this.#adapter.targets, this.#merge.element, this.#advanced.element, this.#problem);
  }

  update(step: S, context: StepContext): void {
    const learning: DistilStep | LoraStep = step;
    this.#step = learning;
    if (learning.adapter) this.#lastAdapter = learning.adapter;
    if (learning.kind === "distil") this.#source.update(learning.teacher, "the recipe's original");
    else this.#source.update(learning.examples, "the recipe's text");
    this.#whatField.hidden = learning.kind === "lora";
    this.#what.update(learning.adapter ? "adapter" : "all");
    this.#adapter.update(learning.adapter);
    this.#merge.element.hidden = !learning.adapter;
    this.#merge.update(learning.merge === true);
    this.#tell(step.kind, context);
    this.#advanced.open = context.isOpen("advanced");
    this.#advanced.update(advancedWords(Object.keys(learning.settings ?? {})));
  }

  /** Empty fields show what they mean; settings that do not go together are told. */
  #tell(kind: S["kind"], { trainedContext }: StepContext): void {
    const step = this.#step;
    const defaults = defaultTrainSettings(kind, step?.adapter ? "adapter" : "all", trainedContext || Infinity);
    // The seed that an empty field stands for is the recipe's.
    this.#training.update(step?.settings, { ...defaults, seed: undefined });
    const problem = problemOf({ ...defaults, ...step?.settings });
    if (this.#problem.textContent !== problem) this.#problem.textContent = problem;
  }
}

/** What cannot be, in a sentence. */
function problemOf(settings: TrainSettings): string {
  try {
    checkTrainSettings(settings);
    return "";
  } catch (error) {
    return sentenceOf(error);
  }
}

/** How many of the folded settings are not Decant's choice. */
function advancedWords(changed: readonly string[]): string {
  const folded = changed.filter((name) => name !== "epochs" && name !== "learningRate").length;
  return folded === 0 ? "all automatic" : `${folded} set`;
}
