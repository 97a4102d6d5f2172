import * as Plot from "@observablehq/plot";
import { svg as svgElement } from "../dom";
import { byteUnit, formatKl, plural } from "../format";
import { placeLabels } from "./chartLabels";
import { linearDomain, logDomain, logTicks } from "./chartScale";
import { type ChartData, type ChartPoint, smallestKl } from "./points";
import type { RowKey } from "./rows";

export interface DrawnPoint {
  readonly element: SVGElement;
  readonly label: SVGTextElement | undefined;
  readonly x: number;
  readonly y: number;
}
export interface DrawnPlot {
  readonly svg: SVGElement;
  readonly points: ReadonlyMap<RowKey, DrawnPoint>;
}

const margin = { top: 14, right: 18, bottom: 38, left: 62 };

/** Draws with Observable Plot, in classes that tradeoffs.css paints with the editor's theme. */
export function drawPlot(data: ChartData, width: number, height: number): DrawnPlot {
  const { points, unmeasured, limit } = data;
  const sizes = [...points.map(({ bytes }) => bytes), ...unmeasured];
  const unit = byteUnit(Math.max(1, ...sizes));
  const xDomain = linearDomain(sizes.map((bytes) => bytes / unit.size));
  const yDomain = logDomain(points.flatMap(({ low, high }) => [low, high]), smallestKl / 2);
  const x = (point: ChartPoint): number => point.bytes / unit.size;
  const limitX = limit && limit.bytes / unit.size;
  const front = points.filter(({ best }) => best);
  const chart = Plot.plot({
    width,
    height,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
    className: "plot",
    ariaLabel: "Scatter chart of file size and mean KL divergence",
    ariaDescription: description(data),
    x: { domain: xDomain, label: null },
    y: { type: "log", domain: yDomain, label: null },
    marks: [
      Plot.gridY(logTicks(yDomain), { className: "grid" }),
      Plot.axisX({ className: "axis", label: `Size of the file (${unit.name}) →`, labelAnchor: "center", labelArrow: "none", ticks: Math.max(3, Math.min(9, Math.floor(width / 90))), tickSize: 0, ariaHidden: "true" }),
      Plot.axisY(logTicks(yDomain), { className: "axis", label: "KL divergence, nats/token (log)", labelAnchor: "center", labelArrow: "none", tickFormat: tickLabel, tickSize: 0, ariaHidden: "true" }),
      Plot.tickX(unmeasured, { className: "rug", x: (bytes: number) => bytes / unit.size, insetTop: height - margin.top - margin.bottom - 9, ariaHidden: "true" }),
      limitX === undefined ? null : Plot.ruleX([limitX], { className: "limit", ariaHidden: "true" }),
      Plot.line(front, { className: "front", x, y: "kl", ariaHidden: "true" }),
      Plot.ruleX(points, { className: "error-bars", x, y1: "low", y2: "high", ariaHidden: "true" }),
      Plot.dot(points, { className: "points", x, y: "kl", r: (point: ChartPoint) => (point.advised ? 7 : 4.5), ariaLabel: "description", sort: null, title: null }),
    ],
    r: { type: "identity" },
  }) as SVGSVGElement & Plot.Plot;
  // Plot's own <style> would be refused by the content security policy; tradeoffs.css carries its two rules.
  chart.querySelector("style")?.remove();
  chart.setAttribute("role", "group");
  chart.setAttribute("aria-roledescription", "scatter chart");
  const scale = { x: applied(chart, "x"), y: applied(chart, "y") };
  if (limit && limitX !== undefined) chart.append(limitWords(limit.words, scale.x(limitX), width));
  return { svg: chart, points: finishPoints(chart, points, (point) => ({ x: scale.x(x(point)), y: scale.y(point.kl) }), { width, height }) };
}

function finishPoints(
  chart: SVGSVGElement,
  points: readonly ChartPoint[],
  place: (point: ChartPoint) => { readonly x: number; readonly y: number },
  { width, height }: { readonly width: number; readonly height: number },
): ReadonlyMap<RowKey, DrawnPoint> {
  const places = points.map(place);
  const bounds = { left: margin.left, top: 0, right: width, bottom: height - margin.bottom + 2 };
  const labels = placeLabels(
    points.map(({ label, advised, best }, index) => ({ ...places[index]!, text: label, priority: advised ? 2 : best ? 1 : 0 })),
    bounds,
    places.filter((_, index) => points[index]!.best),
  );
  const drawn = new Map<RowKey, DrawnPoint>();
  const circles = new Map([...chart.querySelectorAll<SVGCircleElement>(".points circle")].map((circle) => [circle.getAttribute("aria-label"), circle]));
  const words = svgElement("g", { class: "labels", "aria-hidden": "true" });
  for (const [index, point] of points.entries()) {
    const element = circles.get(point.description);
    if (!element) continue;
    element.setAttribute("tabindex", "0");
    element.setAttribute("role", "img");
    element.dataset["level"] = point.label;
    element.classList.toggle("advised", point.advised);
    element.classList.toggle("best", point.best);
    const label = labels[index];
    const text = label && svgElement("text", { x: label.x, y: label.y, "text-anchor": label.anchor, class: point.advised ? "advised" : "" }, point.label);
    if (text) words.append(text);
    drawn.set(point.key, { element, label: text, ...places[index]! });
  }
  chart.append(words);
  return drawn;
}

function limitWords(words: string, x: number, width: number): SVGTextElement {
  const left = x > width * 0.6;
  return svgElement("text", { class: "limit-words", x: left ? x - 6 : x + 6, y: margin.top + 8, "text-anchor": left ? "end" : "start" }, words);
}

function applied(chart: Plot.Plot, name: "x" | "y"): (value: number) => number {
  const scale = chart.scale(name);
  return (value) => Number(scale?.apply(value) ?? 0);
}

/** 0.001 and 0.1 as they are, smaller powers as 1e-5. */
function tickLabel(value: number): string {
  return value >= 1e-4 ? String(Number(value.toPrecision(3))) : value.toExponential(0);
}

function description({ points, unmeasured }: ChartData): string {
  if (points.length === 0) return "No level is measured yet.";
  const [smallest, largest] = [points[0]!, points.at(-1)!];
  return `${plural(points.length, "measured level")}, from ${smallest.label} with a KL divergence of ${formatKl(smallest.kl)} to ${largest.label} with ${formatKl(largest.kl)}; ${unmeasured.length} not measured.`;
}
