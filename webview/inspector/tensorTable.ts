import type { TensorRow } from "../../src/protocol/modelPanels";
import { h, icon, replace } from "../dom";
import { formatBits, formatBytes, formatCount, plural } from "../format";
import { keepFocus } from "../keepFocus";
import { LongList } from "../longList";
import { blockName, shapeWords, tensorsWords, typesWords, weightsOf } from "./tensorGroups";
import { type Line, type Sort, type SortColumn, type TableChoice, nextSort, searchTensors, tensorLines } from "./tensorRows";

export interface TableListeners {
  onSort(sort: Sort | undefined): void;
  onTurn(block: number): void;
  onSelect(name: string): void;
  onCopy(text: string): void;
}

const columns = [
  { column: "name", title: "Tensor", numeric: false, help: "By name" },
  { column: "type", title: "Type", numeric: false, help: "ggml storage type" },
  { column: "weights", title: "Shape", numeric: true, help: "Row length first; sorted by the number of weights" },
  { column: "bytes", title: "Size", numeric: true, help: "Bytes in the file" },
  { column: "bits", title: "Bits", numeric: true, help: "Bits per weight" },
] as const satisfies readonly { column: SortColumn; title: string; numeric: boolean; help: string }[];

const classes = { name: "name", type: "type", weights: "shape", bytes: "size", bits: "bits" } as const satisfies Record<SortColumn, string>;

/** Tensors below their blocks, or all sorted: a tree grid, so that the arrow keys walk, fold and unfold. */
export class TensorTable {
  readonly #headers = new Map<SortColumn, HTMLTableCellElement>();
  readonly #body = h("tbody", {});
  readonly #lines: LongList<Line>;
  readonly #count = h("span", { class: "dim", role: "status" });
  readonly #frame: HTMLElement;
  readonly element: HTMLElement;
  #shown: readonly Line[] = [];
  #sort: Sort | undefined;
  #current = "";

  constructor(private readonly listeners: TableListeners) {
    this.#lines = new LongList<Line>(this.#body, (line) => keyOf(line), (line) => this.#line(line));
    const head = h("tr", {}, ...columns.map((column) => this.#header(column)));
    const table = h("table", { class: "tensor-table", role: "treegrid", "aria-label": "Tensors" }, h("thead", {}, head), this.#body);
    this.#frame = h("div", { class: "table-frame" }, table, this.#lines.more);
    this.element = h("section", { class: "tensor-list", "aria-label": "Table of the tensors" }, this.#count, this.#frame);
    this.#body.addEventListener("keydown", (event) => this.#onKey(event));
    this.#body.addEventListener("click", (event) => this.#onClick(event));
    this.#body.addEventListener("focusin", (event) => this.#setCurrent((event.target as HTMLElement).closest("tr")?.dataset["key"]));
  }

  update(tensors: readonly TensorRow[], choice: TableChoice, selected: string | undefined): void {
    this.#sort = choice.sort;
    this.#shown = tensorLines(tensors, choice);
    keepFocus(this.#body, () => this.#lines.update(this.#shown));
    this.#count.textContent = tensorsWords(searchTensors(tensors, choice.query).length, tensors.length);
    this.#showSort();
    for (const row of this.#rows()) {
      const on = selected !== undefined && row.dataset["tensor"] === selected;
      row.classList.toggle("selected", on);
      row.setAttribute("aria-selected", String(on));
    }
    this.#setCurrent(this.#current);
  }

  reveal(name: string): void {
    const index = this.#shown.findIndex((line) => line.kind === "tensor" && line.tensor.name === name);
    if (index < 0) return;
    this.#lines.include(index);
    this.#body.children[index]?.scrollIntoView({ block: "nearest" });
    this.#setCurrent(`t ${name}`);
  }

  #header({ column, title, numeric, help }: (typeof columns)[number]): HTMLTableCellElement {
    const button = h("button", { class: "sort", type: "button", title: help, on: { click: () => this.listeners.onSort(nextSort(this.#sort, column)) } }, title, h("span", { class: "sort-mark", "aria-hidden": "true" }));
    const header = h("th", { scope: "col", class: `${numeric ? "numeric " : ""}${classes[column]}` }, button);
    this.#headers.set(column, header);
    return header;
  }

  #showSort(): void {
    for (const [column, header] of this.#headers) {
      const direction = this.#sort?.column !== column ? undefined : this.#sort.descending ? "descending" : "ascending";
      if (direction) header.setAttribute("aria-sort", direction);
      else header.removeAttribute("aria-sort");
      const mark = header.querySelector(".sort-mark");
      if (mark) replace(mark, direction && icon(direction === "ascending" ? "arrow-small-up" : "arrow-small-down"));
    }
  }

  #line(line: Line): HTMLElement {
    return line.kind === "block" ? blockRow(line) : tensorRow(line);
  }

  #rows(): readonly HTMLElement[] {
    return [...this.#body.children].filter((row) => row instanceof HTMLElement);
  }

  /** One row is the table's tab stop: the last that was used, else the first. */
  #setCurrent(key: string | undefined): void {
    const rows = this.#rows();
    const current = rows.find((row) => row.dataset["key"] === key) ?? rows[0];
    this.#current = current?.dataset["key"] ?? "";
    for (const row of rows) row.tabIndex = row === current ? 0 : -1;
  }

  #onClick(event: MouseEvent): void {
    const target = event.target as HTMLElement;
    const row = target.closest("tr");
    const { block, tensor } = row?.dataset ?? {};
    if (tensor !== undefined && target.closest(".copy")) this.listeners.onCopy(tensor);
    else if (tensor !== undefined) this.listeners.onSelect(tensor);
    else if (block !== undefined) this.listeners.onTurn(Number(block));
  }

  #onKey(event: KeyboardEvent): void {
    const row = (event.target as HTMLElement).closest("tr");
    if (!row) return;
    const { block, tensor } = row.dataset;
    const open = row.getAttribute("aria-expanded");
    const rows = this.#rows();
    const at = rows.indexOf(row);
    const next = { ArrowDown: rows[at + 1], ArrowUp: rows[at - 1], Home: rows[0], End: rows.at(-1) }[event.key];
    if (next) next.focus();
    else if (event.key === "Enter" || event.key === " ") row.click();
    else if (block !== undefined && ((event.key === "ArrowRight" && open === "false") || (event.key === "ArrowLeft" && open === "true"))) row.click();
    else if (event.key === "ArrowLeft" && row.getAttribute("aria-level") === "2") rows.slice(0, at).findLast((other) => other.dataset["block"] !== undefined)?.focus();
    else if (event.key === "c" && (event.ctrlKey || event.metaKey) && tensor !== undefined && getSelection()?.isCollapsed) this.listeners.onCopy(tensor);
    else return;
    event.preventDefault();
  }
}

function keyOf(line: Line): string {
  return line.kind === "block" ? `b ${line.block}` : `t ${line.tensor.name}`;
}

function blockRow(line: Extract<Line, { kind: "block" }>): HTMLElement {
  const types = typesWords(line.tensors);
  const words = h("span", { class: "name-words" }, icon(line.open ? "chevron-down" : "chevron-right"), h("strong", {}, blockName(line.block)), h("span", { class: "ellipsis dim" }, types));
  return h(
    "tr",
    { class: "block", tabindex: -1, "data-key": keyOf(line), "data-block": line.block, "aria-level": 1, "aria-expanded": String(line.open) },
    h("th", { scope: "row", class: "name", title: types }, words),
    h("td", { class: "type" }),
    h("td", { class: "shape numeric dim" }, plural(line.tensors.length, "tensor")),
    h("td", { class: "numeric" }, formatBytes(line.bytes)),
    h("td", { class: "numeric" }, formatBits(line.bitsPerWeight)),
  );
}

function tensorRow(line: Extract<Line, { kind: "tensor" }>): HTMLElement {
  const { name, type, shape, bytes, bitsPerWeight } = line.tensor;
  const copy = h("button", { class: "copy", type: "button", tabindex: -1, title: "Copy the name (Ctrl+C)", "aria-label": "Copy the name" }, icon("copy"));
  return h(
    "tr",
    { class: line.inBlock ? "tensor inside" : "tensor", tabindex: -1, "data-key": keyOf(line), "data-tensor": name, "aria-level": line.inBlock ? 2 : 1 },
    h("th", { scope: "row", class: "name", title: name }, h("span", { class: "name-words" }, h("span", { class: "ellipsis foreign" }, name), copy)),
    h("td", { class: "type" }, type),
    h("td", { class: "shape numeric", title: `${formatCount(weightsOf(line.tensor))} weights` }, shapeWords(shape)),
    h("td", { class: "numeric", title: `${formatCount(bytes)} bytes` }, formatBytes(bytes)),
    h("td", { class: "numeric" }, formatBits(bitsPerWeight)),
  );
}
