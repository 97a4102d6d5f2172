import type { Severity } from "../../src/protocol/documents";
import type { Handlers } from "../../src/protocol/messenger";
import type { AnalysisRequests, AnalysisSnapshot } from "../../src/protocol/panels";
import { h, icon } from "../dom";
import { ProblemNotice, WarningNotice, failureSentence } from "../notice";
import { Button } from "../toolkit";
import { AskBox } from "./askBox";
import { AskTab } from "./askTab";
import { ClausesTab } from "./clausesTab";
import { ComparisonView } from "./comparisonView";
import { FactsTab } from "./factsTab";
import { filterFindings } from "./grouping";
import { Header } from "./header";
import { ObligationsTab } from "./obligationsTab";
import { SummaryTab } from "./summaryTab";
import { Tabs } from "./tabs";
import { type Tab, type ViewState, initialState } from "./viewState";

/** What the view asks of the host. */
export type AnalysisActions = { readonly [K in keyof Omit<AnalysisRequests, "ready">]: (...args: Parameters<Handlers<AnalysisRequests>[K]>) => Promise<void> } & {
  keep(state: ViewState): void;
};

/** The whole panel: holds the snapshot and the person's choices, and hands both to its parts. */
export class AnalysisView {
  readonly #header: Header;
  readonly #problem: ProblemNotice;
  readonly #warning = new WarningNotice();
  readonly #stale: HTMLElement;
  readonly #tabs: Tabs;
  readonly #clauses: ClausesTab;
  readonly #facts: FactsTab;
  readonly #obligations: ObligationsTab;
  readonly #summary: SummaryTab;
  readonly #ask: AskTab;
  readonly #comparison: ComparisonView;
  readonly #askBox: AskBox;
  readonly #announce = h("div", { class: "spoken", role: "status", "aria-live": "polite" });
  #snapshot: AnalysisSnapshot = { findings: [] };
  #state: ViewState;
  /** Sentence of the last request that failed; goes when the next one is made. */
  #failure: string | undefined;

  constructor(root: HTMLElement, private readonly actions: AnalysisActions, state: ViewState | undefined) {
    this.#state = state ?? initialState;
    const run = (request: Promise<void>): void => this.#run(request);
    const onAnalyse = (): void => run(actions.analyse());
    const onStop = (): void => run(actions.stop());
    const onChooseModel = (): void => run(actions.chooseModel());
    const onPlace = (start: number, end: number): void => run(actions.revealPlace({ start, end }));
    const writing = { onWrite: (part: Parameters<AnalysisActions["write"]>[0]["part"]) => run(actions.write({ part })), onChooseModel, onPlace, onAnalyse };
    this.#header = new Header({
      onAnalyse, onStop, onChooseModel,
      onCompare: () => run(actions.compare()),
      onExportLabels: () => run(actions.exportLabels()),
      onProfile: (profileOpen) => this.#change({ profileOpen }),
    });
    this.#problem = new ProblemNotice(new Button({ label: "Try again", class: "retry", onClick: onAnalyse }).element);
    const again = new Button({ label: "Analyse again", class: "refresh small", onClick: onAnalyse });
    this.#stale = h("div", { class: "notice stale", role: "status", hidden: true }, icon("history"), h("div", {}, "The document changed after it was read."), again.element);
    this.#clauses = new ClausesTab({
      onAnalyse,
      onShowAll: () => this.#change({ hidden: [], query: "" }),
      onToggle: (severity) => this.#toggle(severity),
      onQuery: (query) => this.#change({ query }),
      onOrder: (order) => this.#change({ order }),
      onSelect: (id) => this.#change({ selected: id }),
      onReveal: (id) => run(actions.reveal({ id })),
      onReject: (id) => run(actions.reject({ id })),
      onFold: (category, collapsed) => this.#fold(category, collapsed),
    }, this.#state.query);
    this.#facts = new FactsTab(writing);
    this.#obligations = new ObligationsTab(writing);
    this.#summary = new SummaryTab(writing);
    this.#ask = new AskTab({ onForget: () => run(actions.forgetAnswers()), onChooseModel, onPlace });
    this.#comparison = new ComparisonView({ onPlace, onDifferencesOnly: (differencesOnly) => this.#change({ differencesOnly }), onClose: () => run(actions.closeComparison()) });
    this.#askBox = new AskBox({ onAsk: (question) => this.#askQuestion(question), onStop, onDraft: (draft) => this.#keep({ draft }) }, this.#state.draft ?? "");
    const bodies = { clauses: this.#clauses.element, facts: this.#facts.element, obligations: this.#obligations.element, summary: this.#summary.element, questions: this.#ask.element };
    this.#tabs = new Tabs(bodies, (tab) => this.#change({ tab }));
    root.replaceChildren(
      this.#header.element,
      this.#problem.element,
      this.#warning.element,
      this.#stale,
      this.#tabs.element,
      ...this.#tabs.panels,
      this.#comparison.element,
      this.#askBox.element,
      h("footer", { class: "dim" }, "Found by a model that errs: passages to read, no legal advice."),
      this.#announce,
    );
  }

  show(snapshot: AnalysisSnapshot): void {
    this.#tell(this.#snapshot, snapshot);
    const first = this.#snapshot.findings.length === 0;
    this.#snapshot = snapshot;
    this.#failure = undefined;
    this.#draw();
    if (first && this.#state.selected !== undefined) this.#clauses.reveal(this.#state.selected);
  }

  /** Opens a tab, e.g. because an answer is being written there. */
  showTab(tab: Tab): void {
    this.#change({ tab });
    if (tab === "questions") this.#askBox.focus();
  }

  /** Highlights a finding, unfolding and unfiltering it where needed. The tab stays: the person may be reading another. */
  select(id: string): void {
    const finding = this.#snapshot.findings.find((other) => other.id === id);
    if (!finding) return;
    const filtered = filterFindings([finding], this.#state).length === 0;
    this.#change({
      selected: id,
      collapsed: this.#state.collapsed.filter((category) => category !== finding.category),
      ...(filtered && { query: "", hidden: this.#state.hidden.filter((severity) => severity !== finding.severity) }),
    });
    this.#clauses.reveal(id);
  }

  fail(error: unknown): void {
    this.#failure = failureSentence(error);
    this.#draw();
  }

  #draw(): void {
    const snapshot = this.#snapshot;
    const { progress, stale, problem, warning, comparison, abilities, document: open } = snapshot;
    // Without a document there is one thing to tell, and no parts to choose from.
    const tab = open ? this.#state.tab : "clauses";
    const leaving = comparison === undefined && this.#comparison.element.contains(document.activeElement);
    this.#header.update(snapshot, this.#state.profileOpen === true);
    this.#problem.update(problem ?? this.#failure);
    this.#warning.update(warning);
    this.#stale.hidden = !stale || progress !== undefined;
    this.#tabs.update(comparison ? undefined : tab, snapshot);
    this.#comparison.update(comparison, this.#state.differencesOnly === true);
    this.#askBox.update(snapshot);
    this.#askBox.element.hidden = !open || comparison !== undefined || (tab !== "questions" && abilities?.questions.able !== true);
    this.#drawTab(tab);
    if (leaving) this.#tabs.focus();
  }

  /** Only the tab that is seen is drawn. */
  #drawTab(tab: Tab): void {
    switch (tab) {
      case "clauses": return this.#clauses.update(this.#snapshot, this.#state);
      case "facts": return this.#facts.update(this.#snapshot);
      case "obligations": return this.#obligations.update(this.#snapshot);
      case "summary": return this.#summary.update(this.#snapshot);
      case "questions": return this.#ask.update(this.#snapshot);
    }
  }

  /** What a screen reader should hear: a finished answer, a comparison. */
  #tell(before: AnalysisSnapshot, after: AnalysisSnapshot): void {
    const answer = after.answers?.at(-1);
    if (before.asking && !after.asking && answer && (after.answers?.length ?? 0) > (before.answers?.length ?? 0)) this.#announce.textContent = `Answer: ${answer.text}`;
    if (!before.comparison && after.comparison) this.#announce.textContent = `Findings of ${after.comparison.first} and ${after.comparison.second} are compared.`;
  }

  #askQuestion(question: string): void {
    this.#change({ tab: "questions" });
    const asked = this.actions.ask({ question });
    asked.catch(() => this.#askBox.giveBack(question));
    this.#run(asked);
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
    this.#keep(change);
    this.#draw();
    if (change.tab === "clauses" && this.#state.selected !== undefined) this.#clauses.reveal(this.#state.selected);
    if (change.tab === "questions") this.#ask.showEnd();
  }

  #keep(change: Partial<ViewState>): void {
    this.#state = { ...this.#state, ...change };
    this.actions.keep(this.#state);
  }

  #run(request: Promise<void>): void {
    this.#failure = undefined;
    this.#problem.update(this.#snapshot.problem);
    request.catch((error: unknown) => this.fail(error));
  }
}
