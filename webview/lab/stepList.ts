import type { LabSnapshot } from "../../src/protocol/labPanel";
import { type RecipeStep, stepKinds } from "../../src/protocol/recipe";
import { h, icon, replace } from "../dom";
import { Menu } from "./menu";
import { type CardListeners, StepCard } from "./stepCard";
import { newStep } from "./stepEdits";
import { kindWords, modelLabel } from "./words";

export interface StepListListeners extends CardListeners {
  onAdd(step: RecipeStep, at: number | undefined): void;
  isOpen(at: number, fold: string): boolean;
}

const kindItems = stepKinds.map((kind) => ({ id: kind, icon: kindWords[kind].icon, title: kindWords[kind].name, detail: kindWords[kind].detail }));

interface Place {
  readonly card: StepCard;
  /** The arrow that leads to it, with the way to put a step in between. */
  readonly arrow: HTMLElement;
  readonly menu: Menu;
}

/** The original, the steps with arrows between, and the way to add one. */
export class StepList {
  readonly #original = h("div", { class: "endpoint ellipsis" });
  readonly #list = h("ol", { class: "steps", "aria-label": "Steps of the recipe" });
  readonly #add: Menu;
  readonly #none = h("p", { class: "dim none" }, "No step yet. Add one, or take a preset above.");
  readonly element: HTMLElement;
  #places: Place[] = [];
  /** Waits for the snapshot in which a moved step has its new place. */
  #focusNext: { readonly at: number; readonly control: "up" | "down" | "card"; readonly count: number } | undefined;

  constructor(private readonly listeners: StepListListeners) {
    this.#add = new Menu({ label: "Add step", icon: "add", class: "add-step" }, (kind) => this.#addStep(kind, undefined));
    this.#add.update(kindItems);
    this.element = h("section", { class: "pipeline", "aria-label": "Recipe" }, this.#original, this.#list, this.#none, h("div", { class: "pipeline-end" }, this.#add.element));
  }

  update({ model, models, steps, original, ranking, run }: LabSnapshot, locked: boolean): void {
    replace(this.#original, icon("package"), h("strong", {}, "Original"), h("span", { class: "dim ellipsis" }, model ? modelLabel(model) : ""));
    this.#none.hidden = steps.length > 0;
    this.#add.disabled = locked;
    const places = steps.map(({ step }, at) => (this.#places[at]?.card.kind === step.kind ? this.#places[at] : this.#place(step.kind, at)));
    if (places.length !== this.#places.length || places.some((place, at) => place !== this.#places[at])) this.#list.replaceChildren(...places.flatMap(({ arrow, card }) => [arrow, card.element]));
    this.#places = places;
    for (const [at, entry] of steps.entries()) {
      const place = places[at]!;
      place.menu.disabled = locked;
      place.card.update(
        entry,
        { at, models, ranking, blocks: steps.slice(0, at).some((before) => before.step.kind === "prune") ? undefined : model?.shape?.blocks, trainedContext: model?.contextLength ?? 0, isOpen: (fold) => this.listeners.isOpen(at, fold) },
        { count: steps.length, locked, original: original?.measured, run },
      );
    }
    this.#restoreFocus();
  }

  /** Once the host told the new order. */
  focusAfter(at: number, control: "up" | "down" | "card", count: number): void {
    this.#focusNext = { at, control, count };
  }

  #restoreFocus(): void {
    const next = this.#focusNext;
    if (!next || this.#places.length !== next.count) return;
    this.#focusNext = undefined;
    const place = this.#places[Math.min(next.at, this.#places.length - 1)];
    if (place) place.card.focus(next.control);
    else this.#add.focus();
  }

  #place(kind: RecipeStep["kind"], at: number): Place {
    const menu = new Menu({ label: `Insert a step before step ${at + 1}`, icon: "add", iconOnly: true, class: "insert" }, (chosen) => this.#addStep(chosen, at));
    menu.update(kindItems);
    return { card: new StepCard(kind, this.listeners), menu, arrow: h("li", { class: "arrow", role: "presentation" }, icon("arrow-down"), menu.element) };
  }

  #addStep(chosen: string, at: number | undefined): void {
    const kind = stepKinds.find((other) => other === chosen);
    if (!kind) return;
    this.focusAfter(at ?? this.#places.length, "card", this.#places.length + 1);
    this.listeners.onAdd(newStep(kind), at);
  }
}
