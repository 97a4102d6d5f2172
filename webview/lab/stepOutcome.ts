import { unrankedNote } from "../../src/core/recipes/unrankedNote";
import type { LabStep } from "../../src/protocol/labPanel";
import type { MeasuredRow } from "../../src/protocol/model";
import { Changed } from "../changed";
import { type Child, h, icon, replace } from "../dom";
import { keepFocus } from "../keepFocus";
import { type Figure, estimateFigures, resultFigures } from "./stepFigures";
import { fileName } from "./words";

export interface OutcomeListeners {
  onReveal(path: string): void;
  onTradeoffs(path: string): void;
}

/** Under a step's settings: what it would give and cost, or what it gave. */
export class StepOutcome {
  readonly element = h("div", { class: "outcome" });
  readonly #changed = new Changed();

  constructor(private readonly listeners: OutcomeListeners) {}

  update({ estimate, result }: LabStep, original: MeasuredRow | undefined): void {
    if (!this.#changed.since([estimate, result, original?.perplexity])) return;
    this.element.classList.toggle("measured", result !== undefined);
    keepFocus(this.element, () => replace(this.element, ...(result ? this.#result(result, original) : estimate ? estimateParts(estimate) : [h("span", { class: "dim" }, "Estimate follows…")])));
  }

  #result(result: NonNullable<LabStep["result"]>, original: MeasuredRow | undefined): readonly Child[] {
    const { gate, notes, path, adapter } = result;
    const link = (key: string, words: string, onClick: () => void): HTMLElement => h("button", { type: "button", class: "link", "data-key": key, on: { click: onClick } }, words);
    return [
      figureList(resultFigures(result, original)),
      gate ? h("p", { class: `with-icon gate-verdict ${gate.passed ? "" : "poor"}` }, icon(gate.passed ? "pass" : "error", gate.passed ? "good" : "poor"), h("span", {}, gate.sentence)) : undefined,
      ...noteParts(notes),
      h("p", { class: "outcome-links" }, h("span", { class: "dim ellipsis", title: adapter ? `${path}\n${adapter}` : path }, adapter ? `${fileName(path)} + ${fileName(adapter)}` : fileName(path)), link("reveal", "Show in Models", () => this.listeners.onReveal(adapter ?? path)), link("tradeoffs", "Show Tradeoffs", () => this.listeners.onTradeoffs(path))),
    ];
  }
}

function estimateParts(estimate: NonNullable<LabStep["estimate"]>): readonly Child[] {
  const { problem, notes } = estimate;
  return [
    problem ? h("p", { class: "with-icon step-problem" }, icon("error", "severity-error"), h("span", {}, problem)) : figureList(estimateFigures(estimate)),
    ...noteParts(notes.filter((note) => note !== unrankedNote)),
  ];
}

function figureList(figures: readonly Figure[]): HTMLElement {
  return h("dl", { class: "figures" }, ...figures.map(({ name, value, title }) => h("div", { title }, h("dt", {}, name), h("dd", {}, value))));
}

function noteParts(notes: readonly string[]): readonly Child[] {
  return notes.map((note) => h("p", { class: "with-icon dim note" }, icon("info"), h("span", {}, note)));
}
