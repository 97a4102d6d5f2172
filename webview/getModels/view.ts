import type { Handlers } from "../../src/protocol/messenger";
import type { GetModelsRequests, GetModelsSnapshot } from "../../src/protocol/modelPanels";
import { h } from "../dom";
import { ProblemNotice, failureSentence } from "../notice";
import { DownloadList } from "./downloadList";
import { emptyState } from "./emptyState";
import { Place } from "./place";
import { Repository } from "./repository";
import { Results } from "./results";
import { type Format, SearchBar } from "./searchBar";
import type { ViewState } from "./viewState";

/** What the view asks of the host. */
export type GetModelsActions = { readonly [K in keyof Omit<GetModelsRequests, "ready">]: (...args: Parameters<Handlers<GetModelsRequests>[K]>) => Promise<void> } & {
  keep(state: ViewState): void;
};

/** The whole panel: holds the snapshot and what the person writes, and hands both to its parts. */
export class GetModelsView {
  readonly #search: SearchBar;
  readonly #place: Place;
  readonly #problem = new ProblemNotice();
  readonly #empty: HTMLElement;
  readonly #results: Results;
  readonly #repository: Repository;
  readonly #main: HTMLElement;
  readonly #downloads: DownloadList;
  #snapshot: GetModelsSnapshot | undefined;
  #state: ViewState;
  /** What was searched for last from here. */
  #asked: string | undefined;
  /** Sentence of the last request that failed; goes when the next one is made. */
  #failure: string | undefined;

  constructor(root: HTMLElement, private readonly actions: GetModelsActions, state: ViewState | undefined) {
    this.#state = state ?? {};
    const run = (request: Promise<unknown>): void => this.#run(request);
    this.#search = new SearchBar({ onQuery: (query) => this.#change({ query }), onFormat: (format) => this.#setFormat(format), onSearch: () => this.#startSearch() });
    this.#place = new Place({ onChooseFolder: () => run(actions.chooseFolder()), onSignIn: () => run(actions.signIn()), onSignOut: () => run(actions.signOut()) });
    this.#empty = h("div", { class: "empty-frame" }, emptyState((query) => this.#searchFor(query)));
    this.#results = new Results((id) => run(actions.open({ id })));
    this.#repository = new Repository({
      onBack: () => run(actions.close()),
      onPage: (id) => run(actions.openPage({ id })),
      onSignIn: () => run(actions.signIn()),
      onGet: (choice) => run(actions.download({ choice })),
      onCheck: (choice) => run(actions.readHeader({ choice })),
    });
    this.#downloads = new DownloadList({
      onPause: (id) => run(actions.pause({ id })),
      onResume: (id) => run(actions.resume({ id })),
      onCancel: (id) => run(actions.cancel({ id })),
      onDismiss: (id) => run(actions.dismiss({ id })),
      onReveal: (id) => run(actions.reveal({ id })),
    });
    this.#main = h("div", { class: "main" }, this.#results.element, this.#repository.element);
    root.replaceChildren(h("header", {}, this.#search.element, this.#place.element), this.#problem.element, this.#empty, this.#main, this.#downloads.element);
  }

  show(snapshot: GetModelsSnapshot): void {
    const before = this.#snapshot;
    this.#snapshot = snapshot;
    // A search that was started elsewhere, e.g. by a command, takes the place of what was being written.
    if (before && before.query !== snapshot.query && snapshot.query !== this.#asked) this.#change({ query: snapshot.query, format: snapshot.format });
    else this.#draw();
    if (!before) this.#focusAtFirst();
    else this.#moveFocus(before?.details?.model.id, snapshot.details?.model.id);
  }

  /** Where a person goes on who opens the panel. */
  focusSearch(): void {
    this.#search.focus();
  }

  fail(error: unknown): void {
    this.#failure = failureSentence(error);
    this.#problem.update(this.#snapshot?.problem ?? this.#failure);
  }

  #draw(): void {
    const snapshot = this.#snapshot;
    if (!snapshot) return;
    const { hub, results, details, opening, searching, problem } = snapshot;
    const open = details !== undefined || opening !== undefined;
    this.#search.update(hub, this.#query(), this.#format(), searching);
    this.#place.update(snapshot);
    this.#problem.update(problem ?? this.#failure);
    this.#empty.hidden = results !== undefined || open || searching;
    this.#main.hidden = !open && (results === undefined || (results.length === 0 && problem !== undefined));
    this.#main.dataset["open"] = String(open);
    this.#results.element.hidden = results === undefined;
    this.#results.update(snapshot);
    this.#repository.element.hidden = !open && (results?.length ?? 0) === 0;
    this.#repository.update(snapshot);
    this.#downloads.update(snapshot.downloads);
  }

  /** The focus is taken from no other part of the editor. */
  #focusAtFirst(): void {
    const focus = (): void => {
      if (document.activeElement === document.body) this.focusSearch();
    };
    if (document.hasFocus()) focus();
    else window.addEventListener("focus", focus, { once: true });
  }

  /** Opening and closing change what is on a narrow screen: the focus follows. */
  #moveFocus(before: string | undefined, now: string | undefined): void {
    const lost = document.activeElement === document.body || document.activeElement?.checkVisibility() === false;
    if (before === now || !lost) return;
    if (now !== undefined) this.#repository.focus();
    else if (before !== undefined) this.#results.focus(before);
  }

  #query(): string {
    return this.#state.query ?? this.#snapshot?.query ?? "";
  }

  #format(): Format {
    return this.#state.format ?? this.#snapshot?.format ?? "all";
  }

  /** What was found is searched again in the new format. */
  #setFormat(format: Format): void {
    this.#change({ format });
    if (this.#snapshot?.results !== undefined) this.#startSearch();
  }

  #searchFor(query: string): void {
    this.#change({ query });
    this.#startSearch();
  }

  #startSearch(): void {
    const query = this.#query().trim();
    if (query === "") return;
    this.#asked = query;
    this.#run(this.actions.search({ query, format: this.#format() }));
  }

  #change(change: Partial<ViewState>): void {
    this.#state = { ...this.#state, ...change };
    this.actions.keep(this.#state);
    this.#draw();
  }

  #run(request: Promise<unknown>): void {
    this.#failure = undefined;
    this.#problem.update(this.#snapshot?.problem);
    void request.catch((error: unknown) => this.fail(error));
  }
}
