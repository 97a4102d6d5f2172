import type { RowKey, TradeoffsSnapshot } from "../../src/protocol/panels";
import { h } from "../dom";
import { plural } from "../format";
import { Segmented } from "../segmented";
import { PlainView } from "./plainView";
import { Table, type TableListeners, type TableView } from "./table";
import { isOpening } from "./rows";
import { TensorView, type TensorListeners } from "./tensorView";
import type { ViewName, ViewState } from "./viewState";

export interface LevelsListeners extends TableListeners, TensorListeners {
  onView(view: ViewName): void;
  onShowAll(all: boolean): void;
  onTickCommon(): void;
}

/** The lower half: the levels as numbers, in plain words, or tensor by tensor. */
export class Levels {
  readonly #views: Segmented<ViewName>;
  readonly #which: Segmented<"main" | "all">;
  readonly #counts = h("span", { class: "dim counts" });
  readonly #tools: HTMLElement;
  readonly #table: Table;
  readonly #plain: PlainView;
  readonly #tensors: TensorView;
  readonly element: HTMLElement;

  constructor(listeners: LevelsListeners) {
    this.#views = new Segmented<ViewName>("View", [{ value: "numbers", label: "Numbers" }, { value: "words", label: "Plain words" }, { value: "tensors", label: "By tensor" }], listeners.onView);
    this.#which = new Segmented<"main" | "all">("Levels to list", [{ value: "main", label: "Main", title: "The common levels and those that something is known about" }, { value: "all", label: "All" }], (which) => listeners.onShowAll(which === "all"));
    this.#table = new Table(listeners);
    this.#plain = new PlainView((key) => listeners.onQuantize(key));
    this.#tensors = new TensorView(listeners);
    this.#tools = h("div", { class: "levels-tools" }, this.#which.element, h("button", { class: "link", type: "button", on: { click: () => listeners.onTickCommon() } }, "Tick the common levels"));
    this.element = h(
      "section",
      { class: "levels", "aria-label": "Levels" },
      h("div", { class: "levels-bar" }, this.#views.element, this.#tools, h("span", { class: "grow" }), this.#counts),
      this.#table.element,
      this.#plain.element,
      this.#tensors.element,
    );
    this.#views.element.classList.add("views");
  }

  update(snapshot: TradeoffsSnapshot, table: TableView, state: ViewState): void {
    const { rows, imatrix } = snapshot;
    const view = state.view ?? "numbers";
    this.#views.update(view);
    this.element.dataset["view"] = view;
    this.#which.update(state.all ? "all" : "main");
    const levels = rows.filter(({ kind }) => kind !== "base");
    this.#which.label("all", `All ${levels.length}`);
    this.#counts.textContent = isOpening(snapshot) ? "Reading the levels…" : [plural(levels.length, "level"), `${levels.filter((row) => row.measured).length} measured`, ...(imatrix ? [calibrationWords(imatrix)] : [])].join(" · ");
    this.#tools.hidden = view !== "numbers";
    this.#table.element.hidden = view !== "numbers";
    this.#plain.element.hidden = view !== "words";
    this.#tensors.element.hidden = view !== "tensors";
    this.#table.update(rows, table);
    if (view === "words") this.#plain.update(snapshot);
    if (view === "tensors") this.#tensors.update(tensorSource(snapshot), state.tensors);
  }

  light(key: RowKey | undefined): void {
    this.#table.light(key);
  }

  reveal(key: RowKey): void {
    this.#table.reveal(key);
  }
}

/** What the errors by tensor rest on; undefined while they are being sampled. Measured rows correct the costs, and the note counts them. */
function tensorSource({ model, imatrix, forecastNote, progress }: TradeoffsSnapshot): string | undefined {
  return forecastNote === undefined && progress ? undefined : JSON.stringify([model.path, imatrix?.name, forecastNote]);
}

function calibrationWords({ name, documents }: NonNullable<TradeoffsSnapshot["imatrix"]>): string {
  return documents > 0 ? `calibrated on ${plural(documents, "document")}` : `with ${name}`;
}
