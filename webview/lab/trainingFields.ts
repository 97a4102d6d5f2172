import type { Range } from "../../src/core/recipes/fields";
import { ranges } from "../../src/core/recipes/limits";
import type { TrainSettings } from "../../src/protocol/compression";
import { h } from "../dom";
import { Segmented } from "../segmented";
import { labelled, numberField } from "./controls";
import type { Field } from "./field";
import { type NumberRule, ruleOf, showNumber } from "./fieldValues";
import { edited } from "./stepEdits";

type NumberName = Exclude<keyof TrainSettings, "labels">;
interface Entry {
  readonly name: NumberName;
  readonly label: string;
  readonly title: string;
  readonly unit?: string;
  readonly rule: NumberRule;
}
const optional = (range: Range): NumberRule => ({ ...ruleOf(range), optional: true });
const share = (range: Range): NumberRule => ({ ...optional(range), scale: 100 });

const main: readonly Entry[] = [
  { name: "epochs", label: "Epochs", title: "Times that the whole text is learnt", rule: optional(ranges.epochs) },
  { name: "learningRate", label: "Learning rate", title: "The highest one, after the warm-up", rule: optional(ranges.learningRate) },
];
const advanced: readonly Entry[] = [
  { name: "context", label: "Context", unit: "tokens", title: "Tokens of a sequence", rule: optional(ranges.context) },
  { name: "piece", label: "Piece", unit: "tokens", title: "Tokens computed at once; the gradients of the pieces of a sequence are accumulated. Less memory, drawn labels only", rule: optional(ranges.piece) },
  { name: "warmUp", label: "Warm-up", unit: "%", title: "Share of all steps until the learning rate is reached", rule: share(ranges.share) },
  { name: "finalRate", label: "Final rate", unit: "%", title: "Share of the learning rate that is left at the end (cosine decay)", rule: share(ranges.share) },
  { name: "weightDecay", label: "Weight decay", title: "Of AdamW", rule: optional(ranges.share) },
  { name: "temperature", label: "Temperature", title: "Of the teacher's distribution; 1 makes the student like it; others distort it", rule: optional(ranges.temperature) },
  { name: "hardShare", label: "True next token", unit: "%", title: "Share of the true next token in what is learnt from a teacher", rule: share(ranges.share) },
  { name: "validationShare", label: "Held back", unit: "%", title: "Share of the sequences that is kept to validate on", rule: share(ranges.validationShare) },
  { name: "validateEvery", label: "Validate every", unit: "steps", title: "Empty: once an epoch", rule: optional(ranges.steps) },
  { name: "patience", label: "Patience", title: "Validations without a better loss after which training stops", rule: optional(ranges.steps) },
  { name: "seed", label: "Seed", title: "Of the order of the sequences and of the first values of an adapter", rule: optional(ranges.seed) },
];

/** How a training goes: the two settings that are changed most, and the rest for a fold. What is empty is Decant's choice. */
export class TrainingFields {
  readonly main: HTMLElement;
  readonly advanced: HTMLElement;
  readonly #fields: ReadonlyMap<NumberName, Field<number>>;
  readonly #labels: Segmented<"auto" | TrainSettings["labels"]>;
  #settings: Partial<TrainSettings> = {};

  constructor(onChange: (settings: Partial<TrainSettings> | undefined) => void) {
    const change = (edit: Partial<TrainSettings>): void => {
      const settings = edited(this.#settings, edit);
      onChange(Object.keys(settings).length > 0 ? settings : undefined);
    };
    this.#fields = new Map([...main, ...advanced].map(({ name, ...options }) => [name, numberField({ ...options, width: 7 }, (value) => change({ [name]: value }))]));
    this.#labels = new Segmented("Labels of the teacher", [
      { value: "auto", label: "Auto" },
      { value: "distribution", label: "Distributions", title: "The teacher's whole distribution at every position" },
      { value: "drawn", label: "Drawn", title: "One token drawn from it for each position and epoch: the same mean gradient, in less memory" },
    ], (labels) => change({ labels: labels === "auto" ? undefined : labels }));
    const all = (entries: readonly Entry[]): HTMLElement[] => entries.flatMap(({ name }) => this.#fields.get(name)?.element ?? []);
    this.main = h("div", { class: "fields inline" }, ...all(main));
    this.advanced = h("div", { class: "fields" }, ...all(advanced), labelled("Teacher's labels", this.#labels.element));
  }

  /** `defaults`: what empty fields mean, where known. */
  update(settings: Partial<TrainSettings> | undefined, defaults: Partial<TrainSettings>): void {
    this.#settings = settings ?? {};
    for (const { name, rule } of [...main, ...advanced]) this.#fields.get(name)?.update(this.#settings[name], showNumber(defaults[name], rule) || "auto");
    this.#labels.update(this.#settings.labels ?? "auto");
  }
}
