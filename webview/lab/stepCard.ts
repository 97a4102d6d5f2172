import { stepTitle } from "../../src/core/recipes/stepWords";
import type { LabRun, LabStep } from "../../src/protocol/labPanel";
import type { MeasuredRow } from "../../src/protocol/model";
import type { RecipeStep } from "../../src/protocol/recipe";
import { h, icon } from "../dom";
import { progressRing } from "../toolkit";
import { formOf } from "./formOf";
import { GateFold } from "./gateFold";
import { edited } from "./stepEdits";
import type { BrowsedSetting, StepContext, StepForm } from "./stepForm";
import { type OutcomeListeners, StepOutcome } from "./stepOutcome";
import { kindWords } from "./words";

export interface CardListeners extends OutcomeListeners {
  onChange(at: number, step: RecipeStep): void;
  onBrowse(at: number, setting: BrowsedSetting): void;
  onRemove(at: number): void;
  onMove(from: number, to: number): void;
  onFold(at: number, fold: string, open: boolean): void;
}
export interface CardState {
  readonly count: number;
  readonly locked: boolean;
  readonly original?: MeasuredRow;
  readonly run?: LabRun;
}

/** One step: what it is, its settings, what it is held to, and what it would give or gave. Its controls stay while it is the same kind. */
export class StepCard {
  readonly #number = h("span", { class: "step-number", "aria-hidden": "true" });
  readonly #title = h("h3", { class: "step-title ellipsis" });
  readonly #mark = h("span", { class: "step-mark" });
  readonly #up: HTMLButtonElement;
  readonly #down: HTMLButtonElement;
  readonly #remove: HTMLButtonElement;
  readonly #form: StepForm<RecipeStep>;
  readonly #gate: GateFold;
  readonly #outcome: StepOutcome;
  readonly #settings: HTMLFieldSetElement;
  readonly element: HTMLElement;
  #at = 0;
  #count = 1;
  #step: RecipeStep | undefined;
  #shownMark = "";

  constructor(readonly kind: RecipeStep["kind"], private readonly listeners: CardListeners) {
    const change = (step: RecipeStep): void => listeners.onChange(this.#at, step);
    const tool = (name: string, words: string, onClick: () => void): HTMLButtonElement => h("button", { type: "button", class: "tool", "aria-label": words, title: words, on: { click: onClick } }, icon(name));
    this.#up = tool("arrow-up", "Move up (Alt+↑)", () => this.#move(-1));
    this.#down = tool("arrow-down", "Move down (Alt+↓)", () => this.#move(1));
    this.#remove = tool("trash", "Remove this step", () => listeners.onRemove(this.#at));
    this.#form = formOf(kind, { onChange: change, onBrowse: (setting) => listeners.onBrowse(this.#at, setting), onFold: (fold, open) => listeners.onFold(this.#at, fold, open) });
    this.#gate = new GateFold((gate) => this.#step && change(edited(this.#step, { gate })), (open) => listeners.onFold(this.#at, "gate", open));
    this.#outcome = new StepOutcome(listeners);
    this.#settings = h("fieldset", { class: "settings" }, this.#form.element, this.#gate.element);
    this.element = h(
      "li",
      { class: "step card", "data-kind": kind, tabindex: -1, on: { keydown: (event) => this.#onKey(event) } },
      h("div", { class: "step-head" }, this.#number, icon(kindWords[kind].icon, "kind-icon"), this.#title, this.#mark, h("span", { class: "grow" }), this.#up, this.#down, this.#remove),
      this.#settings,
      this.#outcome.element,
    );
  }

  update(entry: LabStep, context: StepContext, { count, locked, original, run }: CardState): void {
    const { step } = entry;
    this.#step = step;
    this.#at = context.at;
    this.#count = count;
    const title = stepTitle(step);
    this.element.setAttribute("aria-label", `Step ${context.at + 1}: ${title}`);
    this.#number.textContent = String(context.at + 1);
    if (this.#title.textContent !== title) this.#title.textContent = title;
    this.#title.title = title;
    this.#up.disabled = locked || context.at === 0;
    this.#down.disabled = locked || context.at === count - 1;
    this.#remove.disabled = locked;
    this.#settings.disabled = locked;
    this.#form.update(step, context);
    this.#gate.update(step.gate, context.isOpen("gate"));
    this.#outcome.update(entry, original);
    this.#showMark(markOf(entry, context.at, run));
    this.element.classList.toggle("current", run?.step === context.at && (run.state === "running" || run.state === "asking" || run.state === "paused"));
  }

  focus(control: "up" | "down" | "card"): void {
    const button = control === "up" ? this.#up : control === "down" ? this.#down : undefined;
    if (button && !button.disabled) button.focus();
    else if (button) (button === this.#up ? this.#down : this.#up).focus();
    else this.element.focus();
    this.element.scrollIntoView({ block: "nearest" });
  }

  #showMark(mark: Mark | undefined): void {
    const signature = JSON.stringify(mark);
    if (signature === this.#shownMark) return;
    this.#shownMark = signature;
    this.#mark.className = `step-mark ${mark?.tone ?? ""}`;
    this.#mark.title = mark?.title ?? "";
    this.#mark.replaceChildren(...(mark ? [mark.icon ? icon(mark.icon) : progressRing(), mark.words] : []));
  }

  #move(by: -1 | 1): void {
    const to = this.#at + by;
    if (to >= 0 && to < this.#count && !this.#settings.disabled) this.listeners.onMove(this.#at, to);
  }

  #onKey(event: KeyboardEvent): void {
    const by = event.altKey ? { ArrowUp: -1 as const, ArrowDown: 1 as const }[event.key] : undefined;
    if (by === undefined) return;
    event.preventDefault();
    this.#move(by);
  }
}

interface Mark {
  readonly icon?: string;
  readonly words: string;
  readonly tone: string;
  readonly title?: string;
}

function markOf({ result, estimate }: LabStep, at: number, run: LabRun | undefined): Mark | undefined {
  if (run?.step === at && run.state === "running") return { words: "running", tone: "" };
  if (run?.step === at && run.state === "paused") return { icon: "debug-pause", words: "paused", tone: "dim" };
  if (run?.step === at && run.state === "failed") return { icon: "error", words: "failed", tone: "poor" };
  if (result?.gate && !result.gate.passed) return { icon: "error", words: "gate not passed", tone: "poor" };
  if (result?.kept) return { icon: "history", words: "kept", tone: "dim", title: "From an earlier run of the same step on the same model and text" };
  if (result) return { icon: "pass-filled", words: "done", tone: "good" };
  return estimate?.problem ? { icon: "error", words: "cannot run", tone: "poor" } : undefined;
}
