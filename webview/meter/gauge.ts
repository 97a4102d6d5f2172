import type { Machine } from "../../src/protocol/model";
import type { MeterSample } from "../../src/protocol/modelPanels";
import { h, replace } from "../dom";
import { formatBytes, formatRate } from "../format";
import { type GaugeId, type Point, chartPoints, fullValue, levelOf, shownSpan } from "./history";
import { drawHistory } from "./plot";
import { gaugeNames, readingOf } from "./words";

const levelWords = { good: "", fair: "becomes tight", poor: "nearly full" } as const;

/** One quantity: its value now, its limit, and its last ten minutes. */
export class Gauge {
  readonly #now = h("strong", { class: "now" });
  readonly #beside = h("span", { class: "beside dim ellipsis" });
  readonly #level = h("span", { class: "level" });
  readonly #area = h("div", { class: "history-area", role: "img" });
  readonly #pointed = h("span", { class: "pointed dim" });
  readonly element: HTMLElement;
  #points: readonly Point[] = [];
  #full = 1;
  #pointer: number | undefined;

  constructor(private readonly id: GaugeId) {
    const foot = h("div", { class: "gauge-foot dim", "aria-hidden": "true" }, h("span", {}, "10 min"), this.#pointed, h("span", {}, "now"));
    this.element = h("section", { class: "gauge card", "data-gauge": id, "aria-label": gaugeNames[id] }, h("div", { class: "gauge-title" }, h("h2", {}, gaugeNames[id]), this.#level), h("div", { class: "gauge-head" }, this.#now, this.#beside), this.#area, foot);
    this.#area.addEventListener("pointermove", (event) => this.#point(event.offsetX));
    this.#area.addEventListener("pointerleave", () => this.#point(undefined));
    new ResizeObserver(() => this.#draw()).observe(this.#area);
  }

  update(samples: readonly MeterSample[], machine: Machine | undefined): void {
    this.#points = chartPoints(samples, this.id, machine);
    this.#full = fullValue(this.id, machine, this.#points);
    const { now, beside } = readingOf(this.id, samples, machine);
    const value = this.#points.at(-1)?.value ?? 0;
    const level = levelOf(this.id, value, this.#full);
    this.element.dataset["level"] = level ?? "none";
    this.#now.textContent = now;
    this.#beside.textContent = beside;
    this.#beside.title = beside;
    this.#level.textContent = level ? levelWords[level] : "";
    this.#area.setAttribute("aria-label", `${gaugeNames[this.id]} over the last ten minutes, now ${now} ${beside}`);
    this.#draw();
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#area;
    if (width === 0 || height === 0) return;
    replace(this.#area, drawHistory(this.#points, this.#full, width, height));
    this.#tellPointed();
  }

  #point(x: number | undefined): void {
    this.#pointer = x;
    this.#tellPointed();
  }

  /** The value under the pointer, and how long ago it was. */
  #tellPointed(): void {
    const end = this.#points.at(-1)?.at;
    const width = this.#area.clientWidth;
    if (this.#pointer === undefined || end === undefined || width === 0) {
      this.#pointed.textContent = "";
      return;
    }
    const time = end - shownSpan * (1 - this.#pointer / width);
    const near = this.#points.reduce((best, point) => (Math.abs(point.at - time) < Math.abs(best.at - time) ? point : best));
    const ago = Math.max(0, Math.round((end - time) / 1000));
    const when = ago < 60 ? `${ago} s ago` : `${Math.floor(ago / 60)} min ${ago % 60} s ago`;
    this.#pointed.textContent = Math.abs(near.at - time) > 2500 || Number.isNaN(near.value) ? `${when}: not measured` : `${when}: ${this.#valueWords(near.value)}`;
  }

  #valueWords(value: number): string {
    if (this.id === "cpu") return `${Math.round(100 * value)} %`;
    if (this.id === "speed") return value > 0 ? `${formatRate(value)} tokens/s` : "idle";
    return formatBytes(value);
  }
}
