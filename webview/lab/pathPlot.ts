import * as Plot from "@observablehq/plot";
import { placeLabels } from "../chartLabels";
import { linearDomain } from "../chartScale";
import { h, svg as svgElement } from "../dom";
import { byteUnit, formatBytes, formatKl } from "../format";
import type { PathPoint } from "./pathPoints";
import type { ChartMark, DrawnChart } from "./plotFrame";
import { applied, axisText, dressed, hidden, shapesOf, tickWords } from "./plotParts";

const margin = { top: 16, right: 18, bottom: 36, left: 54 };

/** Size across, difference up: an arrow from each model to the one that the next step made of it. */
export function drawPath(points: readonly PathPoint[], width: number, height: number): DrawnChart {
  const unit = byteUnit(Math.max(1, ...points.map(({ bytes }) => bytes)));
  const x = (point: PathPoint): number => point.bytes / unit.size;
  const most = Math.max(1e-4, ...points.map(({ kl }) => kl));
  const ways = points.slice(1).map((to, index) => ({ x1: x(points[index]!), y1: points[index]!.kl, x2: x(to), y2: to.kl }));
  const plot = Plot.plot({
    width,
    height,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
    className: "plot",
    ariaLabel: "File size and KL divergence after each step",
    x: { domain: linearDomain(points.map(x)), label: null },
    y: { domain: [0, most * 1.25], label: null },
    r: { type: "identity" },
    marks: [
      Plot.gridY({ className: "grid", ticks: 4 }),
      Plot.axisX({ ...axisText, label: `Size (${unit.name})`, ticks: Math.max(3, Math.min(8, Math.floor(width / 80))) }),
      Plot.axisY({ ...axisText, label: "KL divergence, nats/token", ticks: 4, tickFormat: tickWords }),
      Plot.arrow(ways, { className: "way", x1: "x1", y1: "y1", x2: "x2", y2: "y2", inset: 8, headLength: 7, ...hidden }),
      Plot.dot(points, { className: "stops", x, y: "kl", r: ({ last }: PathPoint) => (last ? 6.5 : 5), ariaLabel: "description", sort: null, title: null }),
    ],
  });
  const svg = dressed(plot, "path chart");
  const [scaleX, scaleY] = [applied(plot, "x"), applied(plot, "y")];
  const places = points.map((point) => ({ x: scaleX(x(point)), y: scaleY(point.kl) }));
  const labels = placeLabels(points.map(({ label, last }, index) => ({ ...places[index]!, text: short(label), priority: last ? 2 : 1, always: true })), { left: margin.left, top: 0, right: width, bottom: height - margin.bottom + 2 }, places);
  const words = svgElement("g", { class: "labels", "aria-hidden": "true" });
  const shapes = shapesOf(svg, "stops");
  const marks = points.flatMap((point, index): readonly ChartMark[] => {
    const [element, place, label] = [shapes.get(point.description), places[index]!, labels[index]];
    if (!element) return [];
    element.setAttribute("role", "img");
    element.classList.add("stop");
    for (const name of ["failed", "last"] as const) element.classList.toggle(name, point[name]);
    element.classList.toggle("origin", point.step < 0);
    if (label?.far) words.append(svgElement("line", { x1: place.x, y1: place.y, x2: label.x, y2: label.y + (label.y < place.y ? 2 : -9) }));
    if (label) words.append(svgElement("text", { x: label.x, y: label.y, "text-anchor": label.anchor, class: point.last ? "advised" : "" }, short(point.label)));
    return [{ key: String(point.step), element, ...place, tooltip: [h("strong", {}, point.label), h("span", {}, `${formatBytes(point.bytes)} · KL ${formatKl(point.kl)}`), point.failed ? h("span", { class: "poor" }, "gate not passed") : undefined] }];
  });
  svg.append(words);
  return { svg, marks };
}

function short(label: string): string {
  return label.length > 32 ? `${label.slice(0, 31)}…` : label;
}
