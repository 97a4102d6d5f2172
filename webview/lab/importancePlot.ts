import * as Plot from "@observablehq/plot";
import { h } from "../dom";
import { formatKl, formatPerplexity } from "../format";
import { type ImportanceBar, type ImportanceMeasure, measureNames } from "./importancePoints";
import { applied, axisText, dressed, hidden, shapesOf, tickWords } from "./plotParts";
import type { ChartMark, DrawnChart } from "./plotFrame";

const margin = { top: 10, right: 8, bottom: 32, left: 58 };

/** A bar for each block, in classes that figures.css paints: those that stay are full, those that go are hatched by their outline. */
export function drawImportance(bars: readonly ImportanceBar[], measure: ImportanceMeasure, width: number, height: number): DrawnChart {
  const most = Math.max(1e-9, ...bars.map(({ value }) => value));
  const least = Math.min(0, ...bars.map(({ value }) => value));
  const every = Math.ceil((22 * bars.length) / Math.max(1, width - margin.left - margin.right));
  const bar = { x: "block", y: "value", ariaLabel: "description", insetLeft: 1, insetRight: 1, sort: null, title: null } as const;
  const plot = Plot.plot({
    width,
    height,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
    className: "plot",
    ariaLabel: `${measureNames[measure].axis} of each block`,
    x: { type: "band", domain: bars.map(({ block }) => block), label: null, padding: bars.length > 40 ? 0 : 0.12 },
    y: { domain: [least, most * 1.08], label: null },
    marks: [
      Plot.gridY({ className: "grid", ticks: 4 }),
      Plot.axisX({ ...axisText, label: "Block", ticks: bars.filter((_, index) => index % every === 0).map(({ block }) => block) }),
      Plot.axisY({ ...axisText, label: measureNames[measure].axis, ticks: 4, tickFormat: tickWords }),
      Plot.barY(bars, { className: "blocks", ...bar }),
      Plot.ruleY([0], { className: "zero", ...hidden }),
    ],
  });
  const svg = dressed(plot, "bar chart");
  const [x, y] = [applied(plot, "x"), applied(plot, "y")];
  const half = (plot.scale("x")?.bandwidth ?? 0) / 2;
  const shapes = shapesOf(svg, "blocks");
  const marks = bars.flatMap((entry): readonly ChartMark[] => {
    const element = shapes.get(entry.description);
    if (!element) return [];
    element.setAttribute("role", "checkbox");
    element.setAttribute("aria-checked", String(entry.dropped));
    element.dataset["block"] = String(entry.block);
    element.classList.add("block-bar");
    element.classList.toggle("dropped", entry.dropped);
    return [{ key: String(entry.block), element, x: x(entry.block) + half, y: Math.min(y(entry.value), y(0)), tooltip: tooltip(entry, measure) }];
  });
  return { svg, marks };
}

function tooltip({ block, value, dropped }: ImportanceBar, measure: ImportanceMeasure): readonly Node[] {
  const words = measure === "perplexity" ? `${value < 0 ? "−" : "+"}${formatPerplexity(Math.abs(value))} perplexity without it` : `${measureNames[measure].label} ${formatKl(value)}`;
  return [h("strong", {}, `Block ${block}${dropped ? " · dropped" : ""}`), h("span", {}, words), h("span", { class: "dim" }, dropped ? "Click to keep it" : "Click to drop it")];
}
