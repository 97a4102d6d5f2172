import type { LabRun, LabSnapshot } from "../../src/protocol/labPanel";
import { h, icon, replace } from "../dom";
import { formatRate, formatSeconds } from "../format";
import { ProgressBar } from "../progressBar";
import { Button } from "../toolkit";
import { type Totals, costWords, memoryWarning, obstacle, sizeWords, smallerWords, totals } from "./totals";
import { runWords, spokenRun } from "./words";

export interface RunListeners {
  onRun(): void;
  onPause(): void;
  onCancel(): void;
}

/** What the whole recipe would give and cost, the buttons that run it, and how far it is. */
export class RunBar {
  readonly #plan = h("div", { class: "plan" });
  readonly #state = h("p", { class: "run-state", hidden: true });
  readonly #warning = h("p", { class: "with-icon run-warning", hidden: true });
  readonly #run: Button;
  readonly #pause: Button;
  readonly #cancel: Button;
  readonly #progress = new ProgressBar();
  readonly #spoken = h("div", { class: "spoken", role: "status" });
  readonly element: HTMLElement;

  constructor(listeners: RunListeners) {
    this.#run = new Button({ label: "Run", icon: "play", appearance: "primary", class: "run", onClick: listeners.onRun });
    this.#pause = new Button({ label: "Pause", icon: "debug-pause", title: "The state of a training is kept", onClick: listeners.onPause });
    this.#cancel = new Button({ label: "Cancel", icon: "debug-stop", title: "Ends the run and drops what is unfinished; results of finished steps stay", onClick: listeners.onCancel });
    this.element = h("section", { class: "run-bar card", "aria-label": "Run" }, h("div", { class: "run-row" }, this.#plan, h("div", { class: "run-buttons" }, this.#run.element, this.#pause.element, this.#cancel.element)), this.#progress.element, this.#state, this.#warning, this.#spoken);
  }

  get hasFocus(): boolean {
    return this.element.contains(document.activeElement);
  }

  /** The first button that can be pressed. */
  focus(): void {
    this.#shown()[0]?.element.focus();
  }

  update(snapshot: LabSnapshot, invalidFields: number): void {
    const { run, unfinished, machine, steps } = snapshot;
    const active = run?.state === "running" || run?.state === "asking";
    const goesOn = run?.state === "paused";
    const all = totals(snapshot);
    const waits = obstacle(snapshot, invalidFields);
    this.#showPlan(all, active);
    this.#run.label = goesOn ? "Go on" : run?.state === "done" ? "Run again" : all.seconds ? `Run · ${formatSeconds(all.seconds)}` : "Run";
    this.#run.title = waits ?? "Runs every step; results of an earlier run of the same step are taken over";
    this.#run.disabled = waits !== undefined;
    this.#show(active || (unfinished !== undefined && !goesOn), run?.state);
    this.#progress.update(active && run.state === "running" ? { label: progressLabel(run.step, steps.length, run.label, run.tokensPerSecond), fraction: run.fraction, secondsLeft: run.secondsLeft } : undefined);
    this.#tell(this.#state, runWords(run) ?? (steps.length > 0 && !active ? waits : undefined));
    this.#state.classList.toggle("poor", run?.state === "failed");
    const warning = active ? undefined : memoryWarning(all, machine);
    if (warning !== this.#warning.textContent) replace(this.#warning, ...(warning ? [icon("warning", "severity-warning"), warning] : []));
    this.#warning.hidden = !warning;
    this.#tell(this.#spoken, spokenRun(run), true);
  }

  #showPlan(all: Totals, active: boolean): void {
    const [size, smaller, cost] = [sizeWords(all), smallerWords(all), active ? [] : costWords(all)];
    replace(this.#plan, h("strong", {}, size ?? (all.from === undefined ? "No model yet" : "Estimate follows…")), smaller ? h("span", { class: "good" }, smaller) : undefined, ...cost.map((words) => h("span", { class: "dim" }, words)));
  }

  /** The focus stays on the buttons when one takes the place of another. An unfinished training is gone on with, or dropped, in its own banner first. */
  #show(runHidden: boolean, state: LabRun["state"] | undefined): void {
    const buttons = [this.#run, this.#pause, this.#cancel];
    const hadFocus = buttons.some(({ element }) => element.contains(document.activeElement));
    this.#run.hidden = runHidden;
    this.#pause.hidden = state !== "running";
    // A question has its own way to end the run, which keeps the result that it is about.
    this.#cancel.hidden = state !== "running" && state !== "paused";
    if (hadFocus && !this.#shown().some(({ element }) => element.contains(document.activeElement))) this.focus();
  }

  #shown(): readonly Button[] {
    return [this.#run, this.#pause, this.#cancel].filter(({ element }) => !element.hidden);
  }

  #tell(element: HTMLElement, words = "", always = false): void {
    if (element.textContent !== words) element.textContent = words;
    element.hidden = !always && words === "";
  }
}

function progressLabel(step: number, steps: number, label: string, tokensPerSecond: number | undefined): string {
  return [step < 0 ? "Before the first step" : `Step ${step + 1} of ${steps}`, label, ...(tokensPerSecond ? [`${formatRate(tokensPerSecond)} tokens/s`] : [])].filter(Boolean).join(" · ");
}
