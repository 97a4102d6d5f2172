import * as Plot from "@observablehq/plot";
import { h, svg as svgElement } from "../dom";
import { formatKl } from "../format";
import type { ChartMark, DrawnChart } from "./plotFrame";
import { applied, axisText, dressed, hidden, shapesOf, tickWords } from "./plotParts";
import { type LossCurve, type LossPoint, lossRange } from "./trainingPoints";

const margin = { top: 12, right: 14, bottom: 34, left: 52 };

/** Losses over steps: the training loss dim and smoothed, the validations as points, the best one named. */
export function drawLosses(curve: LossCurve, withRate: boolean, width: number, height: number): DrawnChart {
  const { raw, smooth, validation, best, rates } = curve;
  const yDomain = lossRange(curve);
  const last = Math.max(2, ...[...raw, ...validation].map(({ step }) => step));
  const topRate = Math.max(1e-12, ...rates.map(({ rate }) => rate));
  const rateY = (rate: number): number => yDomain[0] + (rate / topRate) * 0.22 * (yDomain[1] - yDomain[0]);
  const words = ({ step, loss }: LossPoint): string => `${step === 0 ? "Before step 1" : `Step ${step}`}, validation loss ${formatKl(loss)}${best?.step === step ? ", the best" : ""}`;
  const plot = Plot.plot({
    width,
    height,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
    className: "plot",
    ariaLabel: "Loss by training step",
    ariaDescription: curve.description,
    x: { type: "linear", domain: [0, last], label: null },
    y: { domain: yDomain, label: null },
    r: { type: "identity" },
    marks: [
      Plot.gridY({ className: "grid", ticks: 5 }),
      Plot.axisX({ ...axisText, label: "Step", ticks: Math.max(3, Math.min(8, Math.floor(width / 80))) }),
      Plot.axisY({ ...axisText, label: "Loss, nats/token", ticks: 5, tickFormat: tickWords }),
      withRate ? Plot.areaY(rates, { className: "rate", x: "step", y1: yDomain[0], y2: ({ rate }: { rate: number }) => rateY(rate), ...hidden }) : null,
      Plot.line(raw, { className: "raw-loss", x: "step", y: "loss", clip: true, ...hidden }),
      Plot.line(smooth, { className: "loss", x: "step", y: "loss", clip: true, ...hidden }),
      best ? Plot.ruleX([best.step], { className: "best-rule", ...hidden }) : null,
      Plot.line(validation, { className: "validation-line", x: "step", y: "loss", ...hidden }),
      Plot.dot(validation, { className: "validations", x: "step", y: "loss", r: (point: LossPoint) => (point === best ? 5.5 : 3.5), ariaLabel: words, sort: null, title: null }),
    ],
  });
  const svg = dressed(plot, "line chart");
  const [x, y] = [applied(plot, "x"), applied(plot, "y")];
  if (best) {
    const left = x(best.step) > width * 0.66;
    svg.append(svgElement("text", { class: "best-words", "aria-hidden": "true", x: x(best.step) + (left ? -9 : 9), y: Math.max(margin.top + 8, y(best.loss) - 11), "text-anchor": left ? "end" : "start" }, `best ${formatKl(best.loss)}`));
  }
  const shapes = shapesOf(svg, "validations");
  const marks = validation.flatMap((point): readonly ChartMark[] => {
    const element = shapes.get(words(point));
    if (!element) return [];
    element.setAttribute("role", "img");
    element.classList.add("validation");
    element.classList.toggle("best", point === best);
    const near = smooth.reduce<LossPoint | undefined>((nearest, other) => (nearest && Math.abs(nearest.step - point.step) <= Math.abs(other.step - point.step) ? nearest : other), undefined);
    return [{ key: String(point.step), element, x: x(point.step), y: y(point.loss), tooltip: [h("strong", {}, `${point.step === 0 ? "Before step 1" : `Step ${point.step}`}${point === best ? " · best" : ""}`), h("span", {}, `validation ${formatKl(point.loss)}`), near ? h("span", { class: "dim" }, `training ${formatKl(near.loss)}, smoothed`) : undefined] }];
  });
  return { svg, marks };
}
