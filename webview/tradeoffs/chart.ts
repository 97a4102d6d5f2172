import type { RowKey } from "../../src/protocol/panels";
import { h, icon, replace } from "../dom";
import { formatBytes, formatKl } from "../format";
import { Segmented } from "../segmented";
import { drawPlot, type DrawnPlot } from "./plot";
import type { Axis, ChartData, ChartPoint } from "./points";

export interface ChartListeners {
  onPoint(key: RowKey | undefined): void;
  onSelect(key: RowKey): void;
  onAxis(axis: Axis): void;
}

/** Pixels within which the pointer takes hold of a point. */
const reach = 26;

/** Size or memory against difference: draws when its data or its room changes, and lights up one point at a time. */
export class Chart {
  readonly #area = h("div", { class: "chart-area" });
  readonly #tooltip = h("div", { class: "chart-tooltip", hidden: true, "aria-hidden": "true" });
  readonly #empty = h("div", { class: "chart-empty" });
  readonly #axis: Segmented<Axis>;
  readonly #mixKey = legendKey("diamond", "mix");
  readonly #note = h("p", { class: "forecast-note dim" });
  readonly element: HTMLElement;
  #data: ChartData = { axis: "size", points: [], unknown: [], expecting: true };
  #drawn: DrawnPlot | undefined;
  #signature = "";
  #lit: RowKey | undefined;
  #selected: RowKey | undefined;

  constructor(private readonly listeners: ChartListeners) {
    this.#axis = new Segmented("Horizontal axis", [{ value: "size", label: "Size", title: "Size of the file" }, { value: "memory", label: "Memory", title: "Weights, KV cache and compute buffers" }], listeners.onAxis);
    this.element = h(
      "section",
      { class: "card chart", "aria-label": "Chart of size against difference from the original" },
      h("div", { class: "card-head" }, h("h2", {}, "Difference from the original"), this.#axis.element, h("span", { class: "grow" }), h("div", { class: "legend dim" }, legendKey("dot", "measured"), legendKey("ring", "foretold"), this.#mixKey, legendKey("line", "best for its size"))),
      h("div", { class: "chart-frame" }, this.#area, this.#empty, this.#tooltip),
      this.#note,
    );
    new ResizeObserver(() => requestAnimationFrame(() => this.#draw())).observe(this.#area);
    this.#area.addEventListener("pointermove", (event) => listeners.onPoint(this.#nearest(event)));
    this.#area.addEventListener("pointerleave", () => listeners.onPoint(undefined));
    this.#area.addEventListener("click", (event) => this.#choose(this.#nearest(event)));
    this.#area.addEventListener("focusin", (event) => listeners.onPoint(this.#keyOf(event.target)));
    this.#area.addEventListener("focusout", () => listeners.onPoint(undefined));
    this.#area.addEventListener("keydown", (event) => this.#onKey(event));
  }

  update(data: ChartData, selected: RowKey | undefined, note: string | undefined): void {
    this.#data = data;
    this.#axis.update(data.axis);
    this.#mixKey.hidden = !data.points.some(({ isMix }) => isMix);
    this.#note.hidden = !note;
    if (this.#note.textContent !== (note ?? "")) this.#note.textContent = note ?? "";
    this.#draw();
    this.select(selected);
  }

  select(key: RowKey | undefined): void {
    this.#selected = key;
    const points = this.#drawn?.points;
    const stop = (key && points?.get(key) ? key : undefined) ?? this.#data.points.find(({ advised }) => advised)?.key ?? this.#data.points[0]?.key;
    for (const [other, { element }] of points ?? []) {
      element.classList.toggle("selected", other === key);
      element.setAttribute("tabindex", other === stop ? "0" : "-1");
    }
  }

  /** Shows which point a row of the table is. */
  light(key: RowKey | undefined): void {
    this.#lit = key;
    for (const [other, { element, label }] of this.#drawn?.points ?? []) {
      element.classList.toggle("lit", other === key);
      label?.classList.toggle("lit", other === key);
    }
    this.#showTooltip(key);
  }

  #draw(): void {
    const { width, height } = this.#area.getBoundingClientRect();
    if (width < 80 || height < 80) return;
    const signature = JSON.stringify([this.#data, Math.round(width), Math.round(height)]);
    if (signature === this.#signature) return;
    this.#signature = signature;
    const focused = this.#keyOf(document.activeElement);
    this.#drawn = drawPlot(this.#data, Math.round(width), Math.round(height));
    replace(this.#area, this.#drawn.svg);
    replace(this.#empty, ...emptyWords(this.#data));
    this.select(this.#selected);
    if (focused) this.#drawn.points.get(focused)?.element.focus();
    else this.light(this.#lit);
  }

  #showTooltip(key: RowKey | undefined): void {
    const place = key && this.#drawn?.points.get(key);
    const point = this.#data.points.find((other) => other.key === key);
    this.#tooltip.hidden = !place || !point;
    if (!place || !point) return;
    replace(this.#tooltip, ...tooltipWords(point));
    const right = place.x > this.#area.clientWidth - 230;
    const low = place.y < 90;
    this.#tooltip.style.left = `${place.x}px`;
    this.#tooltip.style.top = `${place.y}px`;
    this.#tooltip.style.transform = `translate(${right ? "calc(-100% - 14px)" : "14px"}, ${low ? "10px" : "calc(-100% - 10px)"})`;
  }

  #nearest(event: MouseEvent): RowKey | undefined {
    const frame = this.#area.getBoundingClientRect();
    let found: { key: RowKey; distance: number } | undefined;
    for (const [key, { x, y }] of this.#drawn?.points ?? []) {
      const distance = Math.hypot(event.clientX - frame.left - x, event.clientY - frame.top - y);
      if (distance <= reach && (!found || distance < found.distance)) found = { key, distance };
    }
    return found?.key;
  }

  #keyOf(target: EventTarget | null): RowKey | undefined {
    for (const [key, { element }] of this.#drawn?.points ?? []) if (element === target) return key;
    return undefined;
  }

  #choose(key: RowKey | undefined): void {
    if (key) this.listeners.onSelect(key);
  }

  /** Enter chooses a point; the arrows walk along the sizes. */
  #onKey(event: KeyboardEvent): void {
    const key = this.#keyOf(event.target);
    if (!key) return;
    if (event.key === "Enter" || event.key === " ") this.#choose(key);
    else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      const keys = this.#data.points.map((point) => point.key);
      const next = keys[keys.indexOf(key) + (event.key === "ArrowRight" ? 1 : -1)];
      if (next) this.#drawn?.points.get(next)?.element.focus();
    } else return;
    event.preventDefault();
  }
}

function tooltipWords(point: ChartPoint): readonly (Node | undefined)[] {
  const { foretold, kl, low, high, klWithoutMatrix, advised, best } = point;
  return [
    h("strong", {}, point.label),
    h("span", {}, `${formatBytes(point.bytes)} · KL ${foretold ? "~" : ""}${formatKl(kl)}`),
    foretold ? h("em", { class: "dim" }, `foretold, ${formatKl(low)} to ${formatKl(high)}`) : undefined,
    klWithoutMatrix === undefined ? undefined : h("span", { class: "dim" }, `${formatKl(klWithoutMatrix)} without the importance matrix`),
    advised ? h("span", { class: "dim" }, "the level to take") : best ? h("span", { class: "dim" }, "best for its size") : undefined,
  ];
}

function legendKey(shape: string, words: string): HTMLElement {
  return h("span", { class: "legend-key" }, h("i", { class: `mark ${shape}`, "aria-hidden": "true" }), words);
}

function emptyWords({ points, expecting }: ChartData): readonly (Node | undefined)[] {
  if (points.length > 0) return [];
  return [
    icon("graph-scatter"),
    h("strong", {}, expecting ? "The first points appear soon" : "Nothing known yet"),
    h("span", { class: "dim" }, "Each level becomes a point: its size across, its difference from the original up. Left and low is best."),
  ];
}
