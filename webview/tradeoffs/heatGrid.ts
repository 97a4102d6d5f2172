import type { TensorErrorsTable } from "../../src/protocol/panels";
import { h, replace } from "../dom";
import { formatBytes, formatKl, missing } from "../format";
import { type Measure, heatMap, intensityScale, valueOf } from "./tensorMap";

type Tensor = TensorErrorsTable["tensors"][number];

/** Blocks × roles as a grid of colours: the arrow keys walk through it, and a line below tells the tensor. */
export class HeatGrid {
  readonly #frame = h("div", { class: "heat-frame" });
  readonly #told = h("p", { class: "heat-told" });
  readonly element: HTMLElement;
  readonly #tensors = new Map<Element, Tensor>();
  #drawn: { readonly table: TensorErrorsTable; readonly type: number; readonly by: Measure } | undefined;

  constructor() {
    this.element = h("div", { class: "heat" }, this.#frame, heatLegend(), this.#told);
    this.#frame.addEventListener("pointerover", (event) => this.#tell(event.target));
    this.#frame.addEventListener("focusin", (event) => this.#tell(event.target));
    this.#frame.addEventListener("keydown", (event) => this.#onKey(event));
  }

  update(table: TensorErrorsTable, type: number, by: Measure): void {
    if (this.#drawn?.table === table && this.#drawn.type === type && this.#drawn.by === by) return;
    this.#drawn = { table, type, by };
    this.#tensors.clear();
    const { roles, blocks, cells, outside } = heatMap(table);
    const scale = intensityScale(table.tensors.flatMap((tensor) => valueOf(tensor, type, by) ?? []));
    const every = Math.max(1, Math.ceil(blocks.length / 16));
    const cell = (tensor: Tensor | undefined, span = 1): HTMLElement => this.#cell(tensor, scale, span);
    const head = h("tr", { role: "row" }, h("td", { role: "gridcell" }), ...blocks.map((block, index) => h("th", { scope: "col", role: "columnheader", "aria-label": `Block ${block}` }, index % every === 0 ? h("span", {}, String(block)) : "")));
    const line = (name: string, ...line: readonly HTMLElement[]): HTMLElement => h("tr", { role: "row" }, h("th", { scope: "row", role: "rowheader" }, name), ...line);
    replace(
      this.#frame,
      h(
        "table",
        { class: "heat-grid", role: "grid", style: { "--blocks": String(blocks.length) }, "aria-label": `Tensors by block and role, coloured by ${by === "cost" ? "expected loss" : "relative error"}` },
        h("thead", {}, head),
        h("tbody", {}, ...roles.map((role, row) => line(role, ...(cells[row] ?? []).map((tensor) => cell(tensor)))), ...outside.map((tensor) => line(tensor.role, cell(tensor, Math.max(1, blocks.length))))),
      ),
    );
    this.#frame.querySelector<HTMLElement>("td.heat-cell")?.setAttribute("tabindex", "0");
    this.#told.textContent = "Point at a tensor, or walk with the arrow keys.";
    this.#told.classList.add("dim");
  }

  #cell(tensor: Tensor | undefined, scale: (value: number) => number, span: number): HTMLElement {
    const { table, type, by } = this.#drawn!;
    const value = tensor && valueOf(tensor, type, by);
    if (!tensor) return h("td", { role: "gridcell", "aria-label": "none" });
    const heat = value === undefined ? 0 : Math.round(100 * scale(value));
    const cell = h("td", {
      class: value === undefined ? "heat-cell unknown" : "heat-cell",
      role: "gridcell",
      tabindex: -1,
      colspan: span > 1 ? span : undefined,
      "aria-label": `${tensor.name}: ${value === undefined ? `cannot be ${table.types[type] ?? ""}` : formatKl(value)}${by === "cost" ? " nats" : " relative error"}, ${formatBytes(tensor.bytes)}`,
      style: { "--heat": `${heat}%` },
    });
    this.#tensors.set(cell, tensor);
    return cell;
  }

  #tell(target: EventTarget | null): void {
    const tensor = target instanceof Element ? this.#tensors.get(target) : undefined;
    if (!tensor || !this.#drawn) return;
    const { table, by } = this.#drawn;
    const values = table.types.map((name, index) => h("span", { class: index === this.#drawn?.type ? "" : "dim" }, `${name} ${formatValue(valueOf(tensor, index, by))}`));
    this.#told.classList.remove("dim");
    replace(this.#told, h("strong", {}, tensor.name), h("span", { class: "dim" }, formatBytes(tensor.bytes)), ...values);
  }

  #onKey(event: KeyboardEvent): void {
    const cell = event.target instanceof HTMLTableCellElement ? event.target : undefined;
    const next = cell && neighbour(cell, event.key);
    if (!cell || !next) return;
    event.preventDefault();
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}

/** The next cell with a tensor in the direction of the key; up and down keep the column where the row has it. */
function neighbour(cell: HTMLTableCellElement, key: string): HTMLElement | undefined {
  const row = cell.parentElement;
  if (!row) return undefined;
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const cells = [...row.querySelectorAll<HTMLElement>(".heat-cell")];
    return cells[cells.indexOf(cell) + (key === "ArrowRight" ? 1 : -1)];
  }
  if (key !== "ArrowUp" && key !== "ArrowDown") return undefined;
  const other = (key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling)?.children[cell.cellIndex];
  if (other instanceof HTMLElement && other.classList.contains("heat-cell")) return other;
  const line = key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
  return line?.querySelector<HTMLElement>(".heat-cell") ?? undefined;
}

function heatLegend(): HTMLElement {
  return h("div", { class: "heat-legend dim", "aria-hidden": "true" }, "little", h("i", { class: "heat-ramp" }), "much (logarithmic)");
}

function formatValue(value: number | undefined): string {
  return value === undefined ? missing : formatKl(value);
}
