import type { RowKey, TradeoffRow } from "../../src/protocol/panels";
import { h, icon, replace, spoken } from "../dom";
import { Button } from "../toolkit";
import { cellContent, levelMarks } from "./cells";
import { type ColumnId, columns, judgedColumns } from "./columns";
import { canMeasure } from "./rows";

export interface RowListeners {
  onTick(key: RowKey, ticked: boolean): void;
  onQuantize(key: RowKey): void;
  onSelect(key: RowKey): void;
  onLight(key: RowKey | undefined): void;
}
export interface RowView {
  readonly ticked: boolean;
  readonly advised: boolean;
  readonly selected: boolean;
  readonly measuring: boolean;
  /** Measuring would tell something new. */
  readonly measurable: boolean;
  /** Columns that no row has a value for. */
  readonly without: readonly ColumnId[];
}

/** One level's line. Its controls live as long as the row, so that a refresh never swallows a click or the focus. */
export class TableRow {
  readonly key: RowKey;
  readonly #tick: HTMLInputElement;
  /** Takes the place of the box where there is nothing left to measure. */
  readonly #done = h("span", { class: "with-icon done", title: "Measured on this text", hidden: true }, icon("check", "good"), spoken("measured"));
  readonly #level: HTMLButtonElement;
  readonly #marks = h("span", { class: "level-marks" });
  readonly #cells = new Map<ColumnId, HTMLTableCellElement>();
  /** Takes the place of the judged columns when there is a sentence instead of numbers. */
  readonly #sentence = h("td", { class: "sentence", hidden: true });
  readonly #quantize: Button | undefined;
  readonly element: HTMLTableRowElement;
  #signature = "";

  constructor(row: TradeoffRow, listeners: RowListeners) {
    const { key, label, kind } = row;
    this.key = key;
    this.#tick = h("input", { type: "checkbox", class: "tick", "aria-label": `Measure ${label}`, on: { change: () => listeners.onTick(key, this.#tick.checked) } });
    this.#level = h("button", { class: "level-name", type: "button", on: { click: () => listeners.onSelect(key) } }, label);
    this.#quantize = kind === "base" ? undefined : new Button({ label: "Quantize", class: "row-action", title: `Quantize to ${label}`, onClick: () => listeners.onQuantize(key) });
    this.#quantize?.element.setAttribute("aria-label", `Quantize to ${label}`);
    this.element = h(
      "tr",
      {
        "data-level": key,
        on: {
          pointerenter: () => listeners.onLight(key),
          pointerleave: () => listeners.onLight(undefined),
          focusin: () => listeners.onLight(key),
          focusout: () => listeners.onLight(undefined),
          click: (event) => {
            if (event.target instanceof Element && !event.target.closest("input, button, vscode-button")) listeners.onSelect(key);
          },
        },
      },
      h("td", { class: "tick-cell" }, kind === "base" ? undefined : this.#tick, this.#done),
      h("th", { scope: "row", class: "level" }, this.#level, this.#marks),
    );
    for (const { id, numeric } of columns) {
      if (id === "level") continue;
      const cell = h("td", { class: `${id}${numeric ? " numeric" : ""}` });
      this.#cells.set(id, cell);
      this.element.append(cell);
    }
    this.element.append(this.#sentence, h("td", { class: "action" }, this.#quantize?.element));
  }

  update(row: TradeoffRow, view: RowView): void {
    const signature = JSON.stringify([row, view]);
    if (signature === this.#signature) return;
    this.#signature = signature;
    const possible = canMeasure(row);
    this.#tick.checked = view.ticked && view.measurable;
    this.#tick.disabled = !view.measurable || view.measuring;
    this.#done.hidden = row.status !== "measured" || view.measurable;
    this.#tick.hidden = !this.#done.hidden;
    if (this.#quantize) this.#quantize.disabled = !possible;
    this.#level.textContent = row.label;
    this.#level.setAttribute("aria-pressed", String(view.selected));
    this.element.classList.toggle("advised", view.advised);
    this.element.classList.toggle("selected", view.selected);
    this.element.classList.toggle("impossible", row.kind !== "base" && row.size?.problem !== undefined);
    this.element.dataset["status"] = row.status;
    replace(this.#marks, ...levelMarks(row, view.advised, row.status === "measured" && row.unfinished === "text"));
    const sentence = row.measured ? undefined : row.problem;
    const judged = judgedColumns.filter((id) => !view.without.includes(id));
    this.#sentence.hidden = sentence === undefined;
    this.#sentence.colSpan = judged.length;
    replace(this.#sentence, sentence && h("span", { class: "ellipsis", title: sentence }, sentence));
    for (const [id, cell] of this.#cells) {
      if (id === "level") continue;
      cell.hidden = view.without.includes(id) || (sentence !== undefined && judged.includes(id));
      if (!cell.hidden) replace(cell, ...cellContent(id, row));
    }
  }

  light(lit: boolean): void {
    this.element.classList.toggle("lit", lit);
  }
}
