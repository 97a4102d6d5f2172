import type { RowKey } from "../../src/protocol/panels";
import { svg } from "../dom";
import { placeLabels } from "../chartLabels";
import type { ChartPoint } from "./points";

export interface DrawnPoint {
  readonly element: SVGElement;
  readonly label: SVGTextElement | undefined;
  readonly x: number;
  readonly y: number;
}
interface Box { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }

/** Names the points and makes them reachable: one of them by Tab, the others from it by the arrow keys. */
export function dressPoints(
  chart: SVGSVGElement,
  points: readonly ChartPoint[],
  place: (point: ChartPoint) => { readonly x: number; readonly y: number },
  bounds: Box,
): ReadonlyMap<RowKey, DrawnPoint> {
  const places = points.map(place);
  const labels = placeLabels(
    points.map((point, index) => ({ ...places[index]!, text: point.label, priority: priority(point), always: mustBeNamed(point) })),
    bounds,
    places.filter((_, index) => points[index]!.best),
  );
  const drawn = new Map<RowKey, DrawnPoint>();
  const shapes = new Map([...chart.querySelectorAll<SVGElement>(".points > *")].map((shape) => [shape.getAttribute("aria-label"), shape]));
  const words = svg("g", { class: "labels", "aria-hidden": "true" });
  for (const [index, point] of points.entries()) {
    const element = shapes.get(point.description);
    if (!element) continue;
    element.setAttribute("role", "img");
    element.setAttribute("tabindex", "-1");
    element.dataset["level"] = point.key;
    element.classList.add("point");
    for (const name of ["foretold", "advised", "best", "main"] as const) element.classList.toggle(name, point[name]);
    const label = labels[index];
    const text = label && svg("text", { x: label.x, y: label.y, "text-anchor": label.anchor, class: point.advised ? "advised" : point.best || point.main ? "" : "dim" }, point.label);
    if (label?.far) words.append(svg("line", { x1: places[index]!.x, y1: places[index]!.y, x2: label.x, y2: label.y + (label.y < places[index]!.y ? 2 : -9) }));
    if (text) words.append(text);
    drawn.set(point.key, { element, label: text, ...places[index]! });
  }
  chart.append(words);
  return drawn;
}

function priority({ advised, best, main, isMix, foretold }: ChartPoint): number {
  return advised ? 6 : !foretold ? 5 : isMix ? 4 : (best ? 1 : 0) + (main ? 2 : 0);
}

function mustBeNamed({ advised, foretold, isMix }: ChartPoint): boolean {
  return advised || !foretold || isMix;
}

/** The words of the budget stand on the side of its line that has more room. */
export function limitWords(words: string, x: number, { right, top }: Box): SVGTextElement {
  const left = x > right * 0.6;
  return svg("text", { class: "limit-words", x: left ? x - 6 : x + 6, y: top + 22, "text-anchor": left ? "end" : "start" }, words);
}
