import type { AnalysisSnapshot } from "../../src/protocol/panels";
import { h, replace } from "../dom";
import { plural } from "../format";
import { emptyState } from "./emptyState";
import { FilterBar, type FilterListeners } from "./filterBar";
import { FindingTree, type TreeListeners } from "./findingTree";
import { countBySeverity, filterFindings } from "./grouping";
import { MissingClauses } from "./missingClauses";
import { findingRows } from "./rows";
import type { ViewState } from "./viewState";
import { hiddenWords, kindSentence, kindWords } from "./words";

export interface ClausesListeners extends FilterListeners, TreeListeners {
  onAnalyse(): void;
  onShowAll(): void;
}

/** The clauses that were found, and those that were expected and not found. */
export class ClausesTab {
  readonly #filters: FilterBar;
  readonly #told = h("span", {});
  readonly #toMissing = h("button", { class: "link", type: "button", on: { click: () => this.#missing.reveal() } });
  readonly #about = h("div", { class: "about dim" }, this.#told, this.#toMissing);
  readonly #tree: FindingTree;
  readonly #missing = new MissingClauses();
  readonly #empty = h("div", { class: "empty-frame" });
  readonly element: HTMLElement;

  constructor(private readonly listeners: ClausesListeners, query: string) {
    this.#filters = new FilterBar(listeners, query);
    this.#tree = new FindingTree(listeners);
    this.element = h("div", { class: "tab-body" }, this.#filters.element, this.#about, h("div", { class: "scroll" }, this.#empty, this.#tree.element, this.#tree.more, this.#missing.element));
  }

  update(snapshot: AnalysisSnapshot, state: ViewState): void {
    const { findings, missing, kind, hidden = 0 } = snapshot;
    const shown = filterFindings(findings, state);
    this.#filters.element.hidden = findings.length === 0;
    this.#filters.update(countBySeverity(findings), state);
    this.#tellAbout(shown.length, findings.length, hidden, missing?.length ?? 0, kind);
    this.#tree.element.hidden = shown.length === 0;
    this.#tree.update(findingRows(shown, state));
    replace(this.#empty, snapshot.problem && findings.length === 0 ? undefined : emptyState(snapshot, shown.length, this.listeners));
    this.#missing.update(snapshot);
  }

  reveal(id: string): void {
    this.#tree.reveal(id);
  }

  #tellAbout(shown: number, all: number, hidden: number, missing: number, kind: AnalysisSnapshot["kind"]): void {
    const parts = [shown === all ? undefined : `${shown} of ${plural(all, "clause")}`, hidden > 0 && hiddenWords(hidden), kind && kindWords(kind)];
    this.#told.textContent = parts.filter(Boolean).join(" · ");
    this.#told.title = kind ? kindSentence(kind) : "";
    this.#toMissing.textContent = `${missing} expected and not found`;
    this.#toMissing.hidden = missing === 0;
    this.#about.hidden = this.#told.textContent === "" && missing === 0;
  }
}
