import type { Range } from "../../src/core/recipes/fields";
import { ranges } from "../../src/core/recipes/limits";
import type { QualityGate } from "../../src/protocol/recipe";
import { h } from "../dom";
import { Segmented } from "../segmented";
import { labelled, numberField } from "./controls";
import { type NumberRule, ruleOf } from "./fieldValues";
import { Fold } from "./fold";
import { edited } from "./stepEdits";
import { gateSummary } from "./words";

/** What a new gate asks for: a limit that is worth stopping at. */
const firstGate: QualityGate = { maxKl: 0.5, otherwise: "ask" };

/** What the result of a step is held to, and what happens when it is worse. */
export class GateFold {
  readonly #otherwise: Segmented<"off" | QualityGate["otherwise"]>;
  readonly #limits;
  readonly #fields: HTMLElement;
  readonly #fold: Fold;
  #gate: QualityGate | undefined;

  constructor(onChange: (gate: QualityGate | undefined) => void, onToggle: (open: boolean) => void) {
    const change = (limit: Partial<QualityGate>): void => {
      if (this.#gate) onChange(edited(this.#gate, limit));
    };
    this.#otherwise = new Segmented("When the result is worse than allowed", [
      { value: "off", label: "Off", title: "The result is measured, and the recipe goes on whatever it is" },
      { value: "stop", label: "Stop", title: "The recipe ends there" },
      { value: "ask", label: "Ask", title: "You are asked whether it goes on" },
    ], (otherwise) => onChange(otherwise === "off" ? undefined : { ...(this.#gate ?? firstGate), otherwise }));
    const optional = (range: Range): NumberRule => ({ ...ruleOf(range), optional: true });
    this.#limits = {
      maxKl: numberField({ label: "KL at most", unit: "nats", title: "Mean KL divergence from the original, nats per token", rule: optional(ranges.maxKl) }, (maxKl) => change({ maxKl })),
      maxPerplexity: numberField({ label: "Perplexity at most", unit: "×", title: "As a multiple of the original's perplexity", rule: optional(ranges.maxPerplexity) }, (maxPerplexity) => change({ maxPerplexity })),
      minAgreement: numberField({ label: "Same word at least", unit: "%", title: "Share of positions where the most likely next token is the original's", rule: { ...optional(ranges.share), scale: 100 } }, (minAgreement) => change({ minAgreement })),
      minClauseF1: numberField({ label: "Clause F1 at least", title: "On the labelled contracts; 1 is faultless", rule: optional(ranges.share) }, (minClauseF1) => change({ minClauseF1 })),
    } as const;
    this.#fields = h("div", { class: "fields" }, ...Object.values(this.#limits).map(({ element }) => element));
    this.#fold = new Fold("Quality gate", onToggle, labelled("When worse", this.#otherwise.element), this.#fields);
  }

  get element(): HTMLElement {
    return this.#fold.element;
  }

  update(gate: QualityGate | undefined, open: boolean): void {
    this.#gate = gate;
    this.#fold.open = open;
    this.#fold.update(gateSummary(gate));
    this.#otherwise.update(gate?.otherwise ?? "off");
    this.#fields.hidden = !gate;
    for (const name of ["maxKl", "maxPerplexity", "minAgreement", "minClauseF1"] as const) this.#limits[name].update(gate?.[name], "any");
  }
}
