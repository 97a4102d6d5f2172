import { ranges } from "../../src/core/recipes/limits";
import { defaultTargets } from "../../src/core/training/adapterFile";
import type { AdapterSettings } from "../../src/protocol/compression";
import { h } from "../dom";
import { Chips, numberField } from "./controls";
import { ruleOf } from "./fieldValues";
import { edited } from "./stepEdits";

/** Rank, alpha and targets of an adapter that learns. */
export class AdapterFields {
  readonly #rank;
  readonly #alpha;
  readonly #targets: Chips;
  readonly #problem = h("span", { class: "field-problem", role: "alert", hidden: true }, "Take at least one.");
  /** Stands beside other numbers; the targets take a line of their own. */
  readonly numbers: HTMLElement;
  readonly targets: HTMLElement;
  #adapter: AdapterSettings | undefined;

  constructor(onChange: (adapter: AdapterSettings) => void) {
    const change = (edit: Partial<AdapterSettings>): void => {
      if (this.#adapter) onChange(edited(this.#adapter, edit));
    };
    this.#rank = numberField({ label: "Rank", width: 4, title: "Of the change of each matrix: more learns more and is larger", rule: ruleOf(ranges.rank) }, (rank = 8) => change({ rank }));
    this.#alpha = numberField({ label: "Alpha", width: 4, title: "The change counts alpha ÷ rank times", rule: ruleOf(ranges.alpha) }, (alpha = 16) => change({ alpha }));
    this.#targets = new Chips("Targets", defaultTargets, (targets) => this.#take(targets, change));
    this.#targets.element.append(this.#problem);
    this.numbers = h("div", { class: "fields inline" }, this.#rank.element, this.#alpha.element);
    this.targets = this.#targets.element;
  }

  update(adapter: AdapterSettings | undefined): void {
    this.#adapter = adapter;
    this.numbers.hidden = this.targets.hidden = !adapter;
    if (!adapter) return;
    this.#rank.update(adapter.rank);
    this.#alpha.update(adapter.alpha);
    this.#targets.update(adapter.targets);
  }

  /** Targets that the panel does not list stay as the recipe's file has them. */
  #take(listed: readonly string[], change: (edit: Partial<AdapterSettings>) => void): void {
    const others = this.#adapter?.targets.filter((target) => !defaultTargets.some((name) => name === target)) ?? [];
    const targets = [...listed, ...others];
    this.#problem.hidden = targets.length > 0;
    if (targets.length > 0) change({ targets });
  }
}
