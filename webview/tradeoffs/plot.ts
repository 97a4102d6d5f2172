import * as Plot from "@observablehq/plot";
import { byteUnit, formatKl, plural } from "../format";
import { linearDomain, logDomain, logTicks } from "../chartScale";
import { type DrawnPoint, dressPoints, limitWords } from "./plotPoints";
import { type ChartData, type ChartPoint, smallestKl } from "./points";
import type { RowKey } from "../../src/protocol/panels";

export interface DrawnPlot {
  readonly svg: SVGElement;
  readonly points: ReadonlyMap<RowKey, DrawnPoint>;
}

const margin = { top: 14, right: 18, bottom: 38, left: 62 };

/** Draws with Observable Plot, in classes that the shared chart.css paints with the editor's theme. */
export function drawPlot(data: ChartData, width: number, height: number): DrawnPlot {
  const { axis, points, unknown, budget } = data;
  const ghosts = points.filter(({ klWithoutMatrix }) => klWithoutMatrix !== undefined);
  const sizes = [...points.map(({ bytes }) => bytes), ...unknown];
  const unit = byteUnit(Math.max(1, ...sizes));
  const xDomain = linearDomain(sizes.map((bytes) => bytes / unit.size));
  const yDomain = logDomain([...points.flatMap(({ kl, low, high }) => [kl, low, high]), ...ghosts.map((point) => point.klWithoutMatrix ?? point.kl)], smallestKl / 2);
  const x = (point: ChartPoint): number => point.bytes / unit.size;
  const budgetX = budget && budget.bytes / unit.size;
  const showBudget = budgetX !== undefined && budgetX >= xDomain[0] && budgetX <= xDomain[1];
  const hidden = { ariaHidden: "true" } as const;
  const axisText = { className: "axis", labelAnchor: "center", labelArrow: "none", tickSize: 0, ...hidden } as const;
  const r = ({ advised, main, foretold }: ChartPoint): number => (advised ? 7 : main || !foretold ? 4.5 : 3);
  const dot = { x, y: "kl", r, ariaLabel: "description", sort: null, title: null };
  const chart = Plot.plot({
    width,
    height,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
    className: "plot",
    ariaLabel: `Scatter chart of ${axis === "size" ? "file size" : "memory"} and mean KL divergence`,
    ariaDescription: description(data),
    x: { domain: xDomain, label: null },
    y: { type: "log", domain: yDomain, label: null },
    r: { type: "identity" },
    symbol: { type: "identity" } as Plot.ScaleOptions,
    marks: [
      Plot.gridY(logTicks(yDomain), { className: "grid" }),
      Plot.axisX({ ...axisText, label: `${axis === "size" ? "Size of the file" : "Memory to run it"} (${unit.name})`, ticks: Math.max(3, Math.min(9, Math.floor(width / 90))) }),
      Plot.axisY(logTicks(yDomain), { ...axisText, label: "KL divergence, nats/token (log)", tickFormat: tickLabel }),
      Plot.tickX(unknown, { className: "rug", x: (bytes: number) => bytes / unit.size, insetTop: height - margin.top - margin.bottom - 9, ...hidden }),
      showBudget ? Plot.ruleX([budgetX], { className: "limit", ...hidden }) : null,
      Plot.line(points.filter(({ best }) => best), { className: "front", x, y: "kl", ...hidden }),
      Plot.ruleX(points.filter(({ main, best, foretold }) => main || best || !foretold), { className: "error-bars", x, y1: "low", y2: "high", ...hidden }),
      Plot.ruleX(ghosts, { className: "gain", x, y1: "kl", y2: "klWithoutMatrix", ...hidden }),
      Plot.dot(ghosts, { className: "ghosts", x, y: "klWithoutMatrix", r: 3.5, ...hidden }),
      Plot.dot(points.filter(({ isMix }) => !isMix), { className: "points", ...dot }),
      Plot.dot(points.filter(({ isMix }) => isMix), { className: "points mixes", symbol: "diamond", ...dot, r: (point: ChartPoint) => r(point) + 1.5 }),
    ],
  }) as SVGSVGElement & Plot.Plot;
  // Plot's own <style> would be refused by the content security policy; the shared chart.css carries its two rules.
  chart.querySelector("style")?.remove();
  chart.setAttribute("role", "group");
  chart.setAttribute("aria-roledescription", "scatter chart");
  const scale = { x: applied(chart, "x"), y: applied(chart, "y") };
  const bounds = { left: margin.left, top: 0, right: width, bottom: height - margin.bottom + 2 };
  if (budget && showBudget) chart.append(limitWords(budget.label, scale.x(budgetX), bounds));
  return { svg: chart, points: dressPoints(chart, points, (point) => ({ x: scale.x(x(point)), y: scale.y(point.kl) }), bounds) };
}

function applied(chart: Plot.Plot, name: "x" | "y"): (value: number) => number {
  const scale = chart.scale(name);
  return (value) => Number(scale?.apply(value) ?? 0);
}

/** 0.001 and 0.1 as they are, smaller powers as 1e-5. */
function tickLabel(value: number): string {
  return value >= 1e-4 ? String(Number(value.toPrecision(3))) : value.toExponential(0);
}

function description({ points, unknown }: ChartData): string {
  const [smallest, largest] = [points[0], points.at(-1)];
  if (!smallest || !largest) return "No level is measured or foretold yet.";
  const measured = points.filter(({ foretold }) => !foretold).length;
  return `${plural(measured, "measured level")} and ${points.length - measured} foretold, from ${smallest.label} with a KL divergence of ${formatKl(smallest.kl)} to ${largest.label} with ${formatKl(largest.kl)}${unknown.length > 0 ? `; ${unknown.length} not known` : ""}.`;
}
