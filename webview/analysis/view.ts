import type { Severity } from "../../src/protocol/model";
import type { AnalysisSnapshot } from "../../src/protocol/panels";
import { h, icon, replace } from "../dom";
import { formatSeconds, plural } from "../format";
import { ProblemNotice, failureSentence } from "../notice";
import { ProgressBar } from "../progressBar";
import { Button } from "../toolkit";
import { emptyState } from "./emptyState";
import { FilterBar } from "./filterBar";
import { FindingTree } from "./findingTree";
import { countBySeverity, filterFindings } from "./grouping";
import { initialState, type ViewState } from "./viewState";

/** What the view asks of the host. */
export interface AnalysisActions {
  analyse(): Promise<void>;
  stop(): Promise<void>;
  reveal(id: string): Promise<void>;
  keep(state: ViewState): void;
}

/** The whole panel: holds the snapshot and the person's choices, and hands both to its parts. */
export class AnalysisView {
  readonly #name = h("h1", { class: "ellipsis" });
  readonly #facts = h("div", { class: "facts dim" });
  readonly #again = new Button({ label: "Analyse again", appearance: "icon", icon: "refresh", class: "again", onClick: () => this.#analyse() });
  readonly #stop = new Button({ label: "Stop", icon: "debug-stop", class: "stop", onClick: () => this.#run(this.actions.stop()) });
  readonly #progress = new ProgressBar();
  readonly #problem = new ProblemNotice(new Button({ label: "Try again", class: "retry", onClick: () => this.#analyse() }).element);
  readonly #stale = h(
    "div",
    { class: "notice stale", role: "status", hidden: true },
    icon("history"),
    h("div", {}, "The document changed after it was read."),
    new Button({ label: "Analyse again", class: "refresh", onClick: () => this.#analyse() }).element,
  );
  readonly #filters: FilterBar;
  readonly #tree: FindingTree;
  readonly #empty = h("div", { class: "empty-frame" });
  #snapshot: AnalysisSnapshot = { findings: [] };
  #state: ViewState;
  #failure: string | undefined;

  constructor(root: HTMLElement, private readonly actions: AnalysisActions, state: ViewState | undefined) {
    this.#state = state ?? initialState;
    this.#filters = new FilterBar({ onToggle: (severity) => this.#toggle(severity), onQuery: (query) => this.#change({ query }) }, this.#state.query);
    this.#tree = new FindingTree({
      onSelect: (id) => this.#change({ selected: id }),
      onReveal: (id) => this.#run(this.actions.reveal(id)),
      onFold: (category, collapsed) => this.#fold(category, collapsed),
    });
    root.replaceChildren(
      h("header", {}, h("div", { class: "header-row" }, h("div", { class: "header-words" }, this.#name, this.#facts), this.#again.element, this.#stop.element), this.#progress.element,
        h("div", { class: "facts dim" }, "Marks are passages to read, found by a model that errs; they are no legal advice.")),
      this.#problem.element,
      this.#stale,
      this.#filters.element,
      this.#empty,
      this.#tree.element,
    );
  }

  show(snapshot: AnalysisSnapshot): void {
    this.#snapshot = snapshot;
    this.#failure = undefined;
    this.#draw();
  }

  /** Highlights a finding, unfolding and unfiltering it where needed. */
  select(id: string): void {
    const finding = this.#snapshot.findings.find((other) => other.id === id);
    if (!finding) return;
    const filtered = filterFindings([finding], this.#state).length === 0;
    this.#change({
      selected: id,
      collapsed: this.#state.collapsed.filter((category) => category !== finding.category),
      ...(filtered && { query: "", hidden: this.#state.hidden.filter((severity) => severity !== finding.severity) }),
    });
    this.#tree.reveal(id);
  }

  fail(error: unknown): void {
    this.#failure = failureSentence(error);
    this.#draw();
  }

  #draw(): void {
    const { document: open, model, findings, progress, seconds, stale, problem } = this.#snapshot;
    const shown = filterFindings(findings, this.#state);
    this.#name.textContent = open?.name ?? "Analysis";
    this.#name.title = open?.name ?? "";
    this.#facts.textContent = [
      model,
      seconds === undefined ? undefined : formatSeconds(seconds),
      findings.length === 0 ? undefined : shown.length === findings.length ? plural(findings.length, "finding") : `${shown.length} of ${plural(findings.length, "finding")}`,
    ].filter(Boolean).join(" · ");
    this.#again.hidden = !open || progress !== undefined || (seconds === undefined && findings.length === 0);
    this.#stop.hidden = progress === undefined;
    this.#progress.update(progress);
    this.#problem.update(problem ?? this.#failure);
    this.#stale.hidden = !stale || progress !== undefined;
    this.#filters.element.hidden = findings.length === 0;
    this.#filters.update(countBySeverity(findings), this.#state);
    this.#tree.element.hidden = shown.length === 0;
    this.#tree.update(shown, this.#state.collapsed, this.#state.selected);
    replace(this.#empty, problem && findings.length === 0 ? undefined : emptyState(this.#snapshot, shown.length, { onAnalyse: () => this.#analyse(), onShowAll: () => this.#change({ hidden: [], query: "" }) }));
  }

  #analyse(): void {
    this.#run(this.actions.analyse());
  }

  #toggle(severity: Severity): void {
    const { hidden } = this.#state;
    this.#change({ hidden: hidden.includes(severity) ? hidden.filter((other) => other !== severity) : [...hidden, severity] });
  }

  #fold(category: string, collapsed: boolean): void {
    const others = this.#state.collapsed.filter((other) => other !== category);
    this.#change({ collapsed: collapsed ? [...others, category] : others });
  }

  #change(change: Partial<ViewState>): void {
    this.#state = { ...this.#state, ...change };
    this.actions.keep(this.#state);
    this.#draw();
  }

  #run(request: Promise<void>): void {
    this.#failure = undefined;
    this.#problem.update(this.#snapshot.problem);
    request.catch((error: unknown) => this.fail(error));
  }
}
