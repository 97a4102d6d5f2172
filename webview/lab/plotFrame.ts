import { h, replace } from "../dom";

/** A shape of a chart that can be pointed at and walked to. */
export interface ChartMark {
  readonly key: string;
  readonly element: SVGElement;
  /** Pixels in the chart, where the tooltip points at. */
  readonly x: number;
  readonly y: number;
  readonly tooltip: readonly (Node | undefined)[];
}
export interface DrawnChart {
  readonly svg: SVGElement;
  readonly marks: readonly ChartMark[];
}
export interface PlotFrameOptions {
  /** Pixels around a mark within which the pointer takes hold of it; "column" takes the nearest across, at any height. */
  readonly reach: number | "column";
  /** Click, Enter or Space on a mark. */
  onChoose?(key: string): void;
}

/** The room of a chart: draws when its data or its size changes, lights up one mark at a time, by pointer or by the arrow keys. */
export class PlotFrame {
  readonly #area = h("div", { class: "chart-area" });
  readonly #tooltip = h("div", { class: "chart-tooltip", hidden: true, "aria-hidden": "true" });
  readonly element = h("div", { class: "chart-frame" }, this.#area, this.#tooltip);
  #draw: ((width: number, height: number) => DrawnChart) | undefined;
  #drawn: DrawnChart | undefined;
  #data = "";
  #signature = "";
  #stop: string | undefined;

  constructor(private readonly options: PlotFrameOptions) {
    new ResizeObserver(() => requestAnimationFrame(() => this.#redraw())).observe(this.#area);
    this.#area.addEventListener("pointermove", (event) => this.#light(this.#nearest(event)));
    this.#area.addEventListener("pointerleave", () => this.#light(undefined));
    this.#area.addEventListener("click", (event) => this.#choose(this.#nearest(event)));
    this.#area.addEventListener("focusin", (event) => this.#onFocus(event.target));
    this.#area.addEventListener("focusout", () => this.#light(undefined));
    this.#area.addEventListener("keydown", (event) => this.#onKey(event));
    this.#area.classList.toggle("choosable", options.onChoose !== undefined);
  }

  /** `data`: all that the drawing shows. */
  update(data: unknown, draw: (width: number, height: number) => DrawnChart): void {
    this.#data = JSON.stringify(data);
    this.#draw = draw;
    this.#redraw();
  }

  #redraw(): void {
    const { width, height } = this.#area.getBoundingClientRect();
    if (!this.#draw || width < 80 || height < 40) return;
    const signature = `${Math.round(width)} ${Math.round(height)} ${this.#data}`;
    if (signature === this.#signature) return;
    this.#signature = signature;
    const focused = this.#markOf(document.activeElement)?.key;
    this.#drawn = this.#draw(Math.round(width), Math.round(height));
    replace(this.#area, this.#drawn.svg);
    this.#setStop(this.#stop);
    this.#light(undefined);
    this.#drawn.marks.find(({ key }) => key === focused)?.element.focus();
  }

  /** One mark is reached by Tab, the others from it. */
  #setStop(key: string | undefined): void {
    const marks = this.#drawn?.marks ?? [];
    const stop = marks.find((mark) => mark.key === key) ?? marks[0];
    for (const mark of marks) mark.element.setAttribute("tabindex", mark === stop ? "0" : "-1");
  }

  #light(mark: ChartMark | undefined): void {
    for (const other of this.#drawn?.marks ?? []) other.element.classList.toggle("lit", other === mark);
    this.#tooltip.hidden = !mark;
    if (!mark) return;
    replace(this.#tooltip, ...mark.tooltip);
    const right = mark.x > this.#area.clientWidth - 220;
    const low = mark.y < 70;
    this.#tooltip.style.left = `${mark.x}px`;
    this.#tooltip.style.top = `${mark.y}px`;
    this.#tooltip.style.transform = `translate(${right ? "calc(-100% - 12px)" : "12px"}, ${low ? "8px" : "calc(-100% - 8px)"})`;
  }

  #nearest(event: MouseEvent): ChartMark | undefined {
    const { left, top } = this.#area.getBoundingClientRect();
    const { reach } = this.options;
    const marks = this.#drawn?.marks ?? [];
    const distances = marks.map(({ x, y }) => Math.hypot(event.clientX - left - x, reach === "column" ? 0 : event.clientY - top - y));
    const least = Math.min(...distances);
    const most = reach === "column" ? Math.max(12, this.#area.clientWidth / Math.max(1, marks.length) / 2) : reach;
    return least <= most ? marks[distances.indexOf(least)] : undefined;
  }

  #markOf(target: EventTarget | null): ChartMark | undefined {
    return this.#drawn?.marks.find(({ element }) => element === target);
  }

  #onFocus(target: EventTarget | null): void {
    const mark = this.#markOf(target);
    if (!mark) return;
    this.#stop = mark.key;
    this.#setStop(mark.key);
    this.#light(mark);
  }

  #choose(mark: ChartMark | undefined): void {
    if (mark) this.options.onChoose?.(mark.key);
  }

  #onKey(event: KeyboardEvent): void {
    const mark = this.#markOf(event.target);
    const marks = this.#drawn?.marks ?? [];
    if (!mark) return;
    const at = marks.indexOf(mark);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: marks.length - 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") this.#choose(mark);
    else if (next !== undefined) marks[next]?.element.focus();
    else return;
    event.preventDefault();
  }
}
