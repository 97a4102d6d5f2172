import type { MetadataRow } from "../../src/protocol/modelPanels";
import { h, icon } from "../dom";
import { formatCount } from "../format";
import { LongList } from "../longList";
import { ListValue, type ReadValues } from "./listValue";
import { LongText } from "./longText";
import { isLongText, meaning, numberWords, searchMetadata, valueText } from "./metadataRows";

export interface MetadataListeners {
  readonly readValues: ReadValues;
  onCopy(text: string): void;
}

/** Every metadata entry: key, type and value; long lists and texts unfold in their row. */
export class MetadataTable {
  readonly #body = h("tbody", {});
  readonly #rows: LongList<MetadataRow>;
  readonly #count = h("span", { class: "dim", role: "status" });
  readonly #none = h("p", { class: "dim nothing", hidden: true }, "No entry has these words.");
  readonly element: HTMLElement;

  constructor(private readonly listeners: MetadataListeners) {
    this.#rows = new LongList<MetadataRow>(this.#body, (row) => row.key, (row) => this.#row(row));
    const head = h("tr", {}, ...["Key", "Type", "Value"].map((title) => h("th", { scope: "col", class: title.toLowerCase() }, title)));
    this.element = h("section", { class: "metadata", "aria-label": "Metadata" }, this.#count, h("div", { class: "table-frame" }, h("table", { class: "metadata-table" }, h("thead", {}, head), this.#body), this.#none, this.#rows.more));
  }

  update(rows: readonly MetadataRow[], query: string): void {
    const found = searchMetadata(rows, query);
    this.#rows.update(found);
    this.#count.textContent = found.length === rows.length ? entries(rows.length) : `${found.length} of ${entries(rows.length)}`;
    this.#none.hidden = found.length > 0 || rows.length === 0;
  }

  #row(row: MetadataRow): HTMLElement {
    const copy = h("button", { class: "copy", type: "button", title: `Copy the value of ${row.key}`, "aria-label": `Copy the value of ${row.key}`, on: { click: () => this.listeners.onCopy(valueText(row.value)) } }, icon("copy"));
    return h("tr", {}, h("th", { scope: "row", class: "key foreign" }, ...keyParts(row.key)), h("td", { class: "dim type" }, row.type), h("td", { class: "value foreign" }, h("div", { class: "value-words" }, this.#value(row), isWhole(row) && copy)));
  }

  #value(row: MetadataRow): HTMLElement {
    const { key, value } = row;
    switch (value.kind) {
      case "list":
        return new ListValue(key, value, this.listeners.readValues).element;
      case "text":
        return isLongText(value.text) ? new LongText(value.text, key, key.includes("chat_template")).element : h("span", {}, value.text === "" ? h("em", { class: "dim" }, "empty") : value.text);
      case "number": {
        return h("span", { title: String(value.value) }, numberWords(row.type, value.value), h("span", { class: "dim" }, meaning(row) ? ` ${meaning(row)}` : ""));
      }
      case "boolean":
        return h("span", {}, value.value ? "yes" : "no");
    }
    return value satisfies never;
  }
}

/** The part before the last dot is the same for many keys: dimmer, so that the eye finds the last one. */
function keyParts(key: string): readonly HTMLElement[] {
  const cut = key.lastIndexOf(".") + 1;
  return [h("span", { class: "dim" }, key.slice(0, cut)), h("span", {}, key.slice(cut))];
}

/** Of a folded list only the first values are here to be copied. */
function isWhole({ value }: MetadataRow): boolean {
  return value.kind !== "list" || value.first.length === value.length;
}

function entries(count: number): string {
  return count === 1 ? "1 entry" : `${formatCount(count)} entries`;
}
