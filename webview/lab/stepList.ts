import type { LabPreset, LabSnapshot } from "../../src/protocol/labPanel";
import { type RecipeStep, stepKinds } from "../../src/protocol/recipe";
import { Changed } from "../changed";
import { h, icon, replace } from "../dom";
import { formatBytes, formatKl } from "../format";
import { Menu } from "./menu";
import { type CardListeners, StepCard } from "./stepCard";
import { newStep } from "./stepEdits";
import { smallerWords, totals } from "./totals";
import { kindWords, modelLabel } from "./words";

export interface StepListListeners extends CardListeners {
  onPreset(id: string): void;
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
  readonly #result = h("div", { class: "endpoint result" });
  readonly #resultChanged = new Changed();
  readonly #add: Menu;
  /** In the place of steps, while there are none. */
  readonly #starts = h("div", { class: "starts" });
  readonly #startsChanged = new Changed();
  readonly element: HTMLElement;
  #places: Place[] = [];
  /** Waits until the host told the steps in their new order. */
  #focusNext: { readonly at: number; readonly control: "up" | "down" | "card" } | undefined;

  constructor(private readonly listeners: StepListListeners) {
    this.#add = new Menu({ label: "Add step", icon: "add", class: "add-step" }, (kind) => this.#addStep(kind, undefined));
    this.#add.update(kindItems);
    this.element = h("section", { class: "pipeline", "aria-label": "Recipe" }, this.#original, this.#list, this.#starts, h("div", { class: "pipeline-end" }, this.#add.element), this.#result);
  }

  update(snapshot: LabSnapshot, locked: boolean): void {
    const { model, models, steps, original, ranking, run } = snapshot;
    replace(this.#original, icon("package"), h("strong", {}, "Original"), h("span", { class: "dim ellipsis" }, model ? modelLabel(model) : ""));
    this.#showResult(snapshot);
    this.#starts.hidden = steps.length > 0;
    if (this.#startsChanged.since(snapshot.presets)) replace(this.#starts, h("p", { class: "dim" }, "Start with a preset, or add steps of your own."), ...snapshot.presets.map((preset) => this.#start(preset)));
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
  }

  /** Once the host told the new order. */
  focusAfter(at: number, control: "up" | "down" | "card"): void {
    this.#focusNext = { at, control };
  }

  /** What comes out at the end: foretold, or measured. */
  #showResult({ model, steps }: LabSnapshot): void {
    const last = steps.at(-1);
    this.#result.hidden = !last;
    if (!last || !this.#resultChanged.since([model?.bytes, last])) return;
    const all = totals({ model, steps });
    const kl = last.result?.measured?.kl;
    const size = all.to === undefined ? "" : `${last.result ? "" : "~"}${formatBytes(all.to)}`;
    const words = [size, smallerWords(all), kl && `KL ${formatKl(kl.mean)}`].filter(Boolean).join(" · ");
    replace(this.#result, icon(last.result ? "pass-filled" : "target", last.result ? "good" : ""), h("strong", {}, "Result"), h("span", { class: "dim ellipsis figures-line" }, words));
  }

  /** The steps have their new order. */
  restoreFocus(): void {
    const next = this.#focusNext;
    if (!next) return;
    this.#focusNext = undefined;
    const place = this.#places[Math.min(next.at, this.#places.length - 1)];
    if (place) place.card.focus(next.control);
    else this.#add.focus();
  }

  #start({ id, title, detail }: LabPreset): HTMLElement {
    return h("button", { type: "button", class: "start", on: { click: () => this.#takePreset(id) } }, icon("beaker"), h("span", {}, h("strong", {}, title), h("span", { class: "dim" }, detail)));
  }

  #takePreset(id: string): void {
    this.focusAfter(0, "card");
    this.listeners.onPreset(id);
  }

  #place(kind: RecipeStep["kind"], at: number): Place {
    const menu = new Menu({ label: `Insert a step before step ${at + 1}`, icon: "add", iconOnly: true, class: "insert" }, (chosen) => this.#addStep(chosen, at));
    menu.update(kindItems);
    return { card: new StepCard(kind, this.listeners), menu, arrow: h("li", { class: "arrow", role: "presentation" }, icon("arrow-down"), menu.element) };
  }

  #addStep(chosen: string, at: number | undefined): void {
    const kind = stepKinds.find((other) => other === chosen);
    if (!kind) return;
    this.focusAfter(at ?? this.#places.length, "card");
    this.listeners.onAdd(newStep(kind), at);
  }
}
