import type { LabRequests, LabSnapshot } from "../../src/protocol/labPanel";
import type { Handlers } from "../../src/protocol/messenger";
import type { RecipeStep } from "../../src/protocol/recipe";
import { h } from "../dom";
import { ProblemNotice, failureSentence } from "../notice";
import { GateQuestion, UnfinishedBanner } from "./banners";
import { Drafts } from "./drafts";
import { emptyState } from "./emptyState";
import { Header } from "./header";
import { Importance } from "./importance";
import { invalidFields } from "./invalidFields";
import { Results } from "./results";
import { RunBar } from "./runBar";
import { toggledBlock } from "./stepEdits";
import { StepList } from "./stepList";
import { Training } from "./training";
import { type ViewState, movedFolds, placeAfterMove } from "./viewState";

/** What the view asks of the host. */
export type LabActions = { readonly [K in keyof Omit<LabRequests, "ready">]: (...args: Parameters<Handlers<LabRequests>[K]>) => Promise<void> } & {
  keep(state: ViewState): void;
};

/** The whole panel: holds the snapshot, edits that are on their way, and the person's choices, and hands them to its parts. */
export class LabView {
  readonly #header: Header;
  readonly #problem = new ProblemNotice();
  readonly #question: GateQuestion;
  readonly #unfinished: UnfinishedBanner;
  readonly #runBar: RunBar;
  readonly #steps: StepList;
  readonly #importance: Importance;
  readonly #training: Training;
  readonly #results: Results;
  readonly #empty: HTMLElement;
  readonly #main: HTMLElement;
  readonly #drafts = new Drafts();
  #told: LabSnapshot | undefined;
  #state: ViewState;
  /** Sentence of the last request that failed; goes when the next one is made. */
  #failure: string | undefined;

  constructor(private readonly root: HTMLElement, private readonly actions: LabActions, state: ViewState | undefined) {
    this.#state = state ?? {};
    const run = (request: Promise<unknown>): void => this.#run(request);
    /** The steps have other places after it: what was edited at the old ones is told already. */
    const reorder = (request: Promise<unknown>, place: (at: number) => number | undefined = () => undefined): void => {
      this.#drafts.clear();
      this.#keep({ open: movedFolds(this.#state.open ?? [], place) });
      run(request);
    };
    this.#header = new Header({
      onModel: (path) => path && run(actions.chooseModel({ path })),
      onBrowse: () => run(actions.browseModel()),
      onText: () => run(actions.chooseText()),
      onName: (name) => run(actions.rename({ name })),
      onSeed: (seed) => run(actions.seed({ seed })),
      onPreset: (id) => reorder(actions.preset({ id })),
      onOpen: () => reorder(actions.open()),
      onSave: () => run(actions.save()),
    });
    this.#question = new GateQuestion((goOn) => run(actions.answer({ goOn })));
    this.#unfinished = new UnfinishedBanner(() => run(actions.run()), () => run(actions.cancel()));
    this.#runBar = new RunBar({ onRun: () => run(actions.run()), onPause: () => run(actions.pause()), onCancel: () => run(actions.cancel()) });
    this.#steps = new StepList({
      onChange: (at, step) => this.#changeStep(at, step),
      onBrowse: (at, setting) => run(actions.browseStep({ at, setting })),
      onPreset: (id) => reorder(actions.preset({ id })),
      onAdd: (step, at) => reorder(actions.addStep({ step, at }), (old) => (at !== undefined && old >= at ? old + 1 : old)),
      onRemove: (at) => {
        this.#steps.focusAfter(Math.max(0, at - 1), "card");
        reorder(actions.removeStep({ at }), (old) => (old === at ? undefined : old > at ? old - 1 : old));
      },
      onMove: (from, to) => {
        this.#steps.focusAfter(to, to < from ? "up" : "down");
        reorder(actions.moveStep({ from, to }), (old) => placeAfterMove(old, from, to));
      },
      onFold: (at, fold, open) => this.#setOpen(`${at}:${fold}`, open),
      isOpen: (at, fold) => this.#state.open?.includes(`${at}:${fold}`) ?? false,
      onReveal: (path) => run(actions.reveal({ path })),
      onTradeoffs: (path) => run(actions.showTradeoffs({ path })),
    });
    this.#importance = new Importance({
      onRank: (leaveOut) => run(actions.rank({ leaveOut })),
      onStop: () => run(actions.cancel()),
      onToggle: (block) => this.#toggleBlock(block),
      onState: (change) => this.#change(change),
    });
    this.#training = new Training((change) => this.#change(change));
    this.#results = new Results(() => run(actions.exportReport()));
    this.#empty = h("div", { hidden: true }, emptyState(() => run(actions.browseModel())));
    this.#main = h("div", { class: "lab" }, this.#steps.element, h("div", { class: "figures-column" }, this.#results.element, this.#training.element, this.#importance.element));
    root.replaceChildren(this.#header.element, this.#problem.element, this.#question.element, this.#unfinished.element, this.#runBar.element, this.#empty, this.#main);
    // A field that is wrong keeps the recipe from running, and tells so.
    root.addEventListener("change", () => queueMicrotask(() => this.#drawRunBar()));
    root.addEventListener("input", () => queueMicrotask(() => this.#drawRunBar()));
  }

  show(snapshot: LabSnapshot): void {
    const before = this.#told;
    this.#told = snapshot;
    this.#draw();
    if (before && stepsOf(before) !== stepsOf(snapshot)) this.#steps.restoreFocus();
  }

  fail(error: unknown): void {
    this.#failure = failureSentence(error);
    this.#problem.update(this.#told?.problem ?? this.#failure);
  }

  /** The snapshot with the edits that the host does not know yet. */
  get #snapshot(): LabSnapshot | undefined {
    return this.#told && { ...this.#told, steps: this.#drafts.over(this.#told.steps) };
  }

  #draw(): void {
    const snapshot = this.#snapshot;
    if (!snapshot) return;
    const locked = isLocked(snapshot);
    const empty = !snapshot.model;
    this.#header.update(snapshot, locked);
    this.#problem.update(snapshot.problem ?? this.#failure);
    const answered = this.#question.update(snapshot.run, this.#runBar.hasFocus);
    this.#unfinished.update(snapshot);
    this.#empty.hidden = !empty;
    this.#main.hidden = empty && snapshot.steps.length === 0;
    this.#runBar.element.hidden = snapshot.steps.length === 0;
    this.#steps.update(snapshot, locked);
    this.#drawRunBar();
    if (answered) this.#runBar.focus();
    const at = pruneAt(snapshot);
    const prune = snapshot.steps[at]?.step;
    this.#importance.update(snapshot, prune?.kind === "prune" ? prune : undefined, Math.max(0, at), this.#state);
    this.#training.update(snapshot, this.#state);
    this.#results.update(snapshot);
  }

  #drawRunBar(): void {
    const snapshot = this.#snapshot;
    if (snapshot) this.#runBar.update(snapshot, invalidFields(this.root));
  }

  #changeStep(at: number, step: RecipeStep): void {
    const told = this.#told?.steps[at]?.step;
    if (!told) return;
    this.#drafts.set(at, told, step);
    this.#draw();
    this.#run(this.actions.changeStep({ at, step }).catch((error: unknown) => {
      this.#drafts.clear(at);
      throw error;
    }));
  }

  /** A click on a block changes the first pruning step, or makes one. */
  #toggleBlock(block: number): void {
    const snapshot = this.#snapshot;
    if (!snapshot?.ranking || isLocked(snapshot)) return;
    const at = pruneAt(snapshot);
    const step = snapshot.steps[at]?.step;
    if (step?.kind === "prune") this.#changeStep(at, toggledBlock(step, block, snapshot.ranking, snapshot.ranking.blocks.length));
    else this.#run(this.actions.addStep({ step: { kind: "prune", blocks: [block] }, at: 0 }));
  }

  #setOpen(key: string, open: boolean): void {
    const others = (this.#state.open ?? []).filter((other) => other !== key);
    this.#keep({ open: open ? [...others, key] : others });
  }

  #change(change: Partial<ViewState>): void {
    this.#keep(change);
    this.#draw();
  }

  #keep(change: Partial<ViewState>): void {
    this.#state = { ...this.#state, ...change };
    this.actions.keep(this.#state);
  }

  #run(request: Promise<unknown>): void {
    this.#failure = undefined;
    this.#problem.update(this.#told?.problem);
    // Drawing again puts back a choice that was given up in the editor's own pickers.
    void request.catch((error: unknown) => this.fail(error)).finally(() => this.#draw());
  }
}

/** While a run goes on or waits, its recipe stays as it is. */
function isLocked({ run }: LabSnapshot): boolean {
  return run?.state === "running" || run?.state === "asking" || run?.state === "paused";
}

function stepsOf({ steps }: LabSnapshot): string {
  return JSON.stringify(steps.map(({ step }) => step));
}

function pruneAt({ steps }: LabSnapshot): number {
  return steps.findIndex(({ step }) => step.kind === "prune");
}
