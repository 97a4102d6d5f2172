import type { QuantType } from "../../src/protocol/model";
import type { TradeoffRow } from "../../src/protocol/panels";
import { h, replace } from "../dom";
import { Button } from "../toolkit";
import { cellContent, levelMarks } from "./cells";
import { type ColumnId, columns, measuredColumns } from "./columns";
import { canMeasure, type RowKey, rowKey } from "./rows";

export interface RowListeners {
  onTick(type: QuantType, ticked: boolean): void;
  onQuantize(type: QuantType): void;
  onSelect(key: RowKey): void;
  onLight(key: RowKey | undefined): void;
}
export interface RowView {
  readonly ticked: boolean;
  readonly advised: boolean;
  readonly selected: boolean;
  readonly measuring: boolean;
}

/** One level's line. Its controls live as long as the row, so that a refresh never swallows a click or the focus. */
export class TableRow {
  readonly key: RowKey;
  readonly #tick: HTMLInputElement;
  readonly #level: HTMLButtonElement;
  readonly #marks = h("span", { class: "level-marks" });
  readonly #cells = new Map<ColumnId, HTMLTableCellElement>();
  /** Takes the place of the measured columns when there is a sentence instead of numbers. */
  readonly #sentence = h("td", { class: "sentence", colspan: measuredColumns.length, hidden: true });
  readonly #quantize: Button | undefined;
  readonly element: HTMLTableRowElement;
  #signature = "";

  constructor(row: TradeoffRow, listeners: RowListeners) {
    const { type } = row;
    this.key = rowKey(row);
    this.#tick = h("input", { type: "checkbox", class: "tick", "aria-label": `Measure ${type}`, on: { change: () => type !== "unknown" && listeners.onTick(type, this.#tick.checked) } });
    this.#level = h("button", { class: "level-name", type: "button", on: { click: () => listeners.onSelect(this.key) } }, type);
    this.#quantize = row.isBase || type === "unknown" ? undefined : new Button({ label: "Quantize", class: "row-action", title: `Quantize to ${type}`, onClick: () => listeners.onQuantize(type) });
    this.#quantize?.element.setAttribute("aria-label", `Quantize to ${type}`);
    this.element = h(
      "tr",
      {
        "data-level": this.key,
        on: {
          pointerenter: () => listeners.onLight(this.key),
          pointerleave: () => listeners.onLight(undefined),
          focusin: () => listeners.onLight(this.key),
          focusout: () => listeners.onLight(undefined),
          click: (event) => {
            if (event.target instanceof Element && !event.target.closest("input, button, vscode-button")) listeners.onSelect(this.key);
          },
        },
      },
      h("td", { class: "tick-cell" }, row.isBase ? undefined : this.#tick),
      h("th", { scope: "row", class: "level" }, this.#level, this.#marks),
    );
    for (const { id, numeric } of columns) {
      if (id === "level") continue;
      if (id === "status") this.element.append(this.#sentence);
      const cell = h("td", { class: `${id}${numeric ? " numeric" : ""}` });
      this.#cells.set(id, cell);
      this.element.append(cell);
    }
    this.element.append(h("td", { class: "action" }, this.#quantize?.element));
  }

  update(row: TradeoffRow, view: RowView): void {
    const signature = JSON.stringify([row, view]);
    if (signature === this.#signature) return;
    this.#signature = signature;
    const possible = canMeasure(row);
    this.#tick.checked = view.ticked && possible;
    this.#tick.disabled = !possible || view.measuring;
    if (this.#quantize) this.#quantize.disabled = !possible;
    this.#level.setAttribute("aria-pressed", String(view.selected));
    this.element.classList.toggle("advised", view.advised);
    this.element.classList.toggle("selected", view.selected);
    this.element.classList.toggle("impossible", !row.isBase && row.size?.problem !== undefined);
    this.element.dataset["status"] = row.status;
    replace(this.#marks, ...levelMarks(row, view.advised));
    const sentence = row.measured ? undefined : row.problem;
    this.#sentence.hidden = sentence === undefined;
    replace(this.#sentence, sentence && h("span", { class: "ellipsis", title: sentence }, sentence));
    for (const [id, cell] of this.#cells) {
      if (id === "level") continue;
      cell.hidden = sentence !== undefined && measuredColumns.includes(id);
      replace(cell, ...cellContent(id, row));
    }
  }

  light(lit: boolean): void {
    this.element.classList.toggle("lit", lit);
  }
}
