import type { RowKey, TradeoffRow } from "../../src/protocol/panels";
import { h, icon, replace } from "../dom";
import { type Column, type ColumnId, type Sort, columns, nextSort, sortRows } from "./columns";
import { type RowListeners, TableRow } from "./tableRow";

export interface TableListeners extends RowListeners {
  onSort(sort: Sort | undefined): void;
  /** All rows that can be measured, or none. */
  onTickAll(ticked: boolean): void;
}
export interface TableView {
  readonly ticked: ReadonlySet<RowKey>;
  readonly selected: RowKey | undefined;
  readonly advised: RowKey | undefined;
  readonly sort: Sort | undefined;
  readonly measuring: boolean;
  readonly measurable: ReadonlySet<RowKey>;
  /** Rows without a line for now. */
  readonly folded: ReadonlySet<RowKey>;
}

/** The view "Numbers": every level with its numbers; scrolls within its own frame below a header that stays. */
export class Table {
  readonly #rows = new Map<RowKey, TableRow>();
  readonly #headers = new Map<ColumnId, HTMLTableCellElement>();
  readonly #all: HTMLInputElement;
  readonly #body = h("tbody", {});
  readonly element: HTMLElement;
  #sort: Sort | undefined;

  constructor(private readonly listeners: TableListeners) {
    this.#all = h("input", { type: "checkbox", class: "tick", "aria-label": "Measure all levels", title: "Measure all levels", on: { change: () => listeners.onTickAll(this.#all.checked) } });
    const head = h("tr", {}, h("th", { class: "tick-cell", scope: "col" }, this.#all), ...columns.map((column) => this.#header(column)), h("th", { class: "action", scope: "col" }, h("span", { class: "spoken" }, "Action")));
    this.#body.addEventListener("keydown", (event) => this.#onKey(event));
    this.element = h("div", { class: "table-frame numbers-frame", tabindex: -1 }, h("table", { class: "numbers" }, h("thead", {}, head), this.#body));
  }

  update(rows: readonly TradeoffRow[], view: TableView): void {
    this.#sort = view.sort;
    const sorted = sortRows(rows, view.sort);
    const without: readonly ColumnId[] = rows.some((row) => row.clauseF1 !== undefined) ? [] : ["f1"];
    const { measuring, measurable } = view;
    for (const row of sorted) {
      const { key } = row;
      const line = this.#rows.get(key) ?? new TableRow(row, this.listeners);
      this.#rows.set(key, line);
      line.update(row, { ticked: view.ticked.has(key), advised: key === view.advised, selected: key === view.selected, measuring, measurable: measurable.has(key), without });
      line.element.hidden = view.folded.has(key);
    }
    this.#arrange(sorted.map(({ key }) => key));
    for (const [id, header] of this.#headers) header.hidden = without.includes(id);
    this.#showSort();
    this.#all.checked = measurable.size > 0 && view.ticked.size >= measurable.size;
    this.#all.indeterminate = view.ticked.size > 0 && !this.#all.checked;
    this.#all.disabled = measuring || measurable.size === 0;
  }

  light(key: RowKey | undefined): void {
    for (const [other, row] of this.#rows) row.light(other === key);
  }

  /** Brings a row into the frame without moving the page. */
  reveal(key: RowKey): void {
    const row = this.#rows.get(key)?.element;
    if (!row || row.hidden) return;
    const [frame, place] = [this.element.getBoundingClientRect(), row.getBoundingClientRect()];
    const head = row.clientHeight;
    if (place.top < frame.top + head) this.element.scrollTop += place.top - frame.top - head;
    else if (place.bottom > frame.bottom) this.element.scrollTop += place.bottom - frame.bottom;
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
    const index = cell && row ? [...row.children].indexOf(cell) : -1;
    const lines = [...this.#body.querySelectorAll("tr:not([hidden])")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    for (let at = row ? lines.indexOf(row) + step : -1; at >= 0 && at < lines.length; at += step) {
      const control = lines[at]?.children[index]?.querySelector<HTMLElement>("input:not([hidden], :disabled), button, vscode-button");
      if (!control) continue;
      event.preventDefault();
      control.focus();
      return;
    }
  }
}
