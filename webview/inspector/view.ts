import type { Handlers } from "../../src/protocol/messenger";
import type { InspectorRequests, InspectorSnapshot } from "../../src/protocol/modelPanels";
import { h } from "../dom";
import { message } from "../emptyMessage";
import { formatCount } from "../format";
import { ProblemNotice, failureSentence } from "../notice";
import { Segmented } from "../segmented";
import { TextField } from "../toolkit";
import { DiffView } from "./diffView";
import { Header } from "./header";
import { MetadataTable } from "./metadataTable";
import { TensorTable } from "./tensorTable";
import { opensAtFirst } from "./tensorRows";
import { TreemapView } from "./treemapView";
import { type ViewName, type ViewState, initialState } from "./viewState";

/** What the view asks of the host. */
export type InspectorActions = { readonly [K in keyof Omit<InspectorRequests, "ready">]: (...args: Parameters<Handlers<InspectorRequests>[K]>) => Promise<Awaited<ReturnType<InspectorRequests[K]>>> } & {
  keep(state: ViewState): void;
};

const searchLabels: Readonly<Record<ViewName, string>> = { tensors: "Search tensors by name, type or block", metadata: "Search metadata by key and value", diff: "Search the differences" };

/** The whole panel: holds the snapshot and the person's choices, and hands both to its parts. */
export class InspectorView {
  readonly #header: Header;
  readonly #problem = new ProblemNotice();
  readonly #views: Segmented<ViewName>;
  readonly #search: TextField;
  readonly #bar: HTMLElement;
  readonly #map: TreemapView;
  readonly #tensors: TensorTable;
  readonly #metadata: MetadataTable;
  readonly #diff: DiffView;
  readonly #bodies: Readonly<Record<ViewName, HTMLElement>>;
  readonly #empty = h("div", { class: "empty-frame", hidden: true }, message("file-binary", "No tensors", "The header announces none, or could not be read so far."));
  #snapshot: InspectorSnapshot = { name: "" };
  #state: ViewState;
  /** Sentence of the last request that failed; goes when the next one is made. */
  #failure: string | undefined;

  constructor(root: HTMLElement, private readonly actions: InspectorActions, state: ViewState | undefined) {
    this.#state = state ?? initialState;
    const run = (request: Promise<unknown>): void => this.#run(request);
    const onCopy = (text: string): void => run(actions.copy({ text }));
    this.#header = new Header({ onCompare: () => run(actions.compare()), onQuantize: () => run(actions.quantize()), onTradeoffs: () => run(actions.showTradeoffs()) });
    this.#views = new Segmented<ViewName>("What to show", [{ value: "tensors", label: "Tensors" }, { value: "metadata", label: "Metadata" }, { value: "diff", label: "Comparison" }], (view) => this.#change({ view }));
    this.#views.element.classList.add("views");
    this.#search = new TextField({ placeholder: "Search", label: searchLabels.tensors, value: "", onInput: (query) => this.#setQuery(query) });
    this.#search.element.classList.add("search");
    this.#bar = h("div", { class: "view-bar" }, this.#views.element, this.#search.element);
    this.#map = new TreemapView((name) => this.#select(name));
    this.#tensors = new TensorTable({ onSort: (sort) => this.#change({ sort }), onTurn: (block) => this.#turn(block), onSelect: (selected) => this.#change({ selected }), onCopy });
    this.#metadata = new MetadataTable({ readValues: (args) => actions.values(args), onCopy });
    this.#diff = new DiffView(() => run(actions.closeDiff()));
    this.#bodies = { tensors: h("div", { class: "tensors" }, this.#map.element, this.#tensors.element, this.#empty), metadata: this.#metadata.element, diff: this.#diff.element };
    root.replaceChildren(this.#header.element, this.#problem.element, this.#bar, ...Object.values(this.#bodies));
  }

  show(snapshot: InspectorSnapshot): void {
    const isNew = snapshot.diff !== undefined && JSON.stringify(snapshot.diff) !== JSON.stringify(this.#snapshot.diff);
    // Replies and events are copies: what is the same stays the same object, so that it is not drawn again.
    this.#snapshot = { ...snapshot, inspection: sameOr(this.#snapshot.inspection, snapshot.inspection) };
    if (isNew && this.#state.view !== "diff") this.#change({ view: "diff" });
    else this.#draw();
  }

  fail(error: unknown): void {
    this.#failure = failureSentence(error);
    this.#problem.update(this.#snapshot.problem ?? this.#failure);
  }

  #draw(): void {
    const { inspection, diff, problem } = this.#snapshot;
    const view = this.#view();
    const tensors = inspection?.tensors ?? [];
    const metadata = inspection?.metadata ?? [];
    this.#header.update(this.#snapshot);
    this.#problem.update(problem ?? this.#failure);
    this.#bar.hidden = !inspection && !diff;
    this.#views.label("tensors", `Tensors ${formatCount(tensors.length)}`);
    this.#views.label("metadata", `Metadata ${formatCount(metadata.length)}`);
    this.#views.hide("diff", !diff);
    this.#views.update(view);
    this.#search.element.setAttribute("aria-label", searchLabels[view]);
    this.#search.placeholder = searchLabels[view];
    this.#search.value = this.#state.queries[view];
    for (const [name, body] of Object.entries(this.#bodies)) body.hidden = name !== view || this.#bar.hidden;
    this.#map.element.hidden = tensors.length === 0;
    this.#tensors.element.hidden = tensors.length === 0;
    this.#empty.hidden = tensors.length > 0;
    if (view === "tensors") {
      this.#map.update(tensors, this.#state.queries.tensors, this.#state.selected);
      this.#tensors.update(tensors, { query: this.#state.queries.tensors, sort: this.#state.sort, turned: this.#state.turned }, this.#state.selected);
    } else if (view === "metadata") this.#metadata.update(metadata, this.#state.queries.metadata);
    else this.#diff.update(diff, this.#state.queries.diff);
  }

  #view(): ViewName {
    const { view = "tensors" } = this.#state;
    return view === "diff" && !this.#snapshot.diff ? "tensors" : view;
  }

  #setQuery(query: string): void {
    const view = this.#view();
    this.#change({ queries: { ...this.#state.queries, [view]: query }, ...(view === "tensors" && { turned: [] }) });
  }

  #turn(block: number): void {
    const { turned } = this.#state;
    this.#change({ turned: turned.includes(block) ? turned.filter((other) => other !== block) : [...turned, block] });
  }

  /** A tensor chosen in the map is shown in the table: its block opens. */
  #select(name: string): void {
    const tensors = this.#snapshot.inspection?.tensors ?? [];
    const block = tensors.find((tensor) => tensor.name === name)?.block;
    if (block === undefined) return;
    const open = this.#state.turned.includes(block) !== opensAtFirst(tensors, this.#state.queries.tensors);
    this.#change({ selected: name });
    if (!open && !this.#state.sort) this.#turn(block);
    this.#tensors.reveal(name);
  }

  #change(change: Partial<ViewState>): void {
    this.#state = { ...this.#state, ...change };
    this.actions.keep(this.#state);
    this.#draw();
  }

  #run(request: Promise<unknown>): void {
    this.#failure = undefined;
    this.#problem.update(this.#snapshot.problem);
    void request.catch((error: unknown) => this.fail(error));
  }
}

function sameOr<T>(old: T, next: T): T {
  return JSON.stringify(old) === JSON.stringify(next) ? old : next;
}
