import type { QuantType } from "../../src/protocol/model";
import type { TradeoffRow } from "../../src/protocol/panels";
import { h, icon, replace } from "../dom";
import { plural } from "../format";
import { type Column, type ColumnId, type Sort, columns, nextSort, sortRows } from "./columns";
import { canMeasure, type RowKey, rowKey } from "./rows";
import { type RowListeners, TableRow } from "./tableRow";

export interface TableListeners extends RowListeners {
  onSort(sort: Sort | undefined): void;
  /** All levels that can be measured, the common ones, or none. */
  onTickMany(which: "all" | "common" | "none"): void;
  onShowAll(all: boolean): void;
}
export interface TableView {
  readonly ticked: ReadonlySet<QuantType>;
  readonly selected: RowKey | undefined;
  readonly advised: RowKey | undefined;
  readonly sort: Sort | undefined;
  readonly measuring: boolean;
  /** Rows without a line for now. */
  readonly folded: ReadonlySet<RowKey>;
  readonly all: boolean;
}

/** Every level with its numbers; scrolls within its own frame below a header that stays. */
export class Table {
  readonly #rows = new Map<RowKey, TableRow>();
  readonly #headers = new Map<ColumnId, HTMLTableCellElement>();
  readonly #all: HTMLInputElement;
  readonly #body = h("tbody", {});
  readonly #counts = h("span", { class: "dim" });
  readonly #main: HTMLButtonElement;
  readonly #every: HTMLButtonElement;
  readonly element: HTMLElement;
  #sort: Sort | undefined;

  constructor(private readonly listeners: TableListeners) {
    this.#all = h("input", { type: "checkbox", class: "tick", "aria-label": "Measure all levels", title: "Measure all levels", on: { change: () => listeners.onTickMany(this.#all.checked ? "all" : "none") } });
    const head = h("tr", {}, h("th", { class: "tick-cell", scope: "col" }, this.#all), ...columns.map((column) => this.#header(column)), h("th", { class: "action", scope: "col" }, h("span", { class: "spoken" }, "Action")));
    this.#main = h("button", { type: "button", on: { click: () => listeners.onShowAll(false) } }, "Main");
    this.#every = h("button", { type: "button", on: { click: () => listeners.onShowAll(true) } }, "All");
    this.#body.addEventListener("keydown", (event) => this.#onKey(event));
    this.element = h(
      "section",
      { class: "levels", "aria-label": "Levels" },
      h(
        "div",
        { class: "levels-bar" },
        h("h2", {}, "Levels"),
        h("div", { class: "segmented", role: "group", "aria-label": "Levels to list" }, this.#main, this.#every),
        this.#counts,
        h("span", { class: "grow" }),
        h("span", { class: "dim" }, "Tick:"),
        h("button", { class: "link", type: "button", on: { click: () => listeners.onTickMany("common") } }, "common levels"),
        h("button", { class: "link", type: "button", on: { click: () => listeners.onTickMany("all") } }, "all"),
        h("button", { class: "link", type: "button", on: { click: () => listeners.onTickMany("none") } }, "none"),
      ),
      h("div", { class: "table-frame", tabindex: -1 }, h("table", {}, h("thead", {}, head), this.#body)),
    );
  }

  update(rows: readonly TradeoffRow[], view: TableView): void {
    this.#sort = view.sort;
    const sorted = sortRows(rows, view.sort);
    for (const row of sorted) {
      const key = rowKey(row);
      const element = this.#rows.get(key) ?? new TableRow(row, this.listeners);
      this.#rows.set(key, element);
      element.update(row, { ticked: row.type !== "unknown" && view.ticked.has(row.type), advised: key === view.advised, selected: key === view.selected, measuring: view.measuring });
      element.element.hidden = view.folded.has(key);
    }
    this.#arrange(sorted.map(rowKey));
    this.#showSort();
    const levels = rows.filter((row) => !row.isBase);
    const possible = levels.filter(canMeasure);
    this.#counts.textContent = `${plural(levels.length, "level")} · ${levels.filter((row) => row.measured).length} measured`;
    this.#main.setAttribute("aria-pressed", String(!view.all));
    this.#every.setAttribute("aria-pressed", String(view.all));
    this.#every.textContent = `All ${levels.length}`;
    this.#all.checked = possible.length > 0 && view.ticked.size >= possible.length;
    this.#all.indeterminate = view.ticked.size > 0 && !this.#all.checked;
    this.#all.disabled = view.measuring || possible.length === 0;
  }

  light(key: RowKey | undefined): void {
    for (const [other, row] of this.#rows) row.light(other === key);
  }

  /** Brings a row into the frame without moving the page. */
  reveal(key: RowKey): void {
    this.#rows.get(key)?.element.scrollIntoView({ block: "nearest" });
  }

  /** Moves only what stands in the wrong place, so that focus and scroll survive a refresh. */
  #arrange(keys: readonly RowKey[]): void {
    for (const key of this.#rows.keys()) {
      if (keys.includes(key)) continue;
      this.#rows.get(key)?.element.remove();
      this.#rows.delete(key);
    }
    for (const [index, key] of keys.entries()) {
      const element = this.#rows.get(key)?.element;
      if (element && this.#body.children[index] !== element) this.#body.insertBefore(element, this.#body.children[index] ?? null);
    }
  }

  #header(column: Column): HTMLTableCellElement {
    const button = h("button", { class: "sort", type: "button", title: column.help, on: { click: () => this.listeners.onSort(nextSort(this.#sort, column.id)) } }, column.title, h("span", { class: "sort-mark", "aria-hidden": "true" }));
    const header = h("th", { scope: "col", class: `${column.id}${column.numeric ? " numeric" : ""}` }, button);
    this.#headers.set(column.id, header);
    return header;
  }

  #showSort(): void {
    for (const [id, header] of this.#headers) {
      const direction = this.#sort?.column === id ? this.#sort.direction : undefined;
      if (header.getAttribute("aria-sort") === (direction ?? null)) continue;
      if (direction) header.setAttribute("aria-sort", direction);
      else header.removeAttribute("aria-sort");
      const mark = header.querySelector(".sort-mark");
      if (mark) replace(mark, direction && icon(direction === "ascending" ? "arrow-small-up" : "arrow-small-down"));
    }
  }

  /** Up and down walk the same control through the rows. */
  #onKey(event: KeyboardEvent): void {
    const target = event.target;
    if (!(target instanceof HTMLElement) || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const cell = target.closest("td, th");
    const row = cell?.closest("tr");
    const lines = [...this.#body.querySelectorAll("tr:not([hidden])")];
    const next = row ? lines[lines.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)] : undefined;
    const index = cell && row ? [...row.children].indexOf(cell) : -1;
    const control = next?.children[index]?.querySelector<HTMLElement>("input, button, vscode-button");
    if (!control) return;
    event.preventDefault();
    control.focus();
  }
}
