import * as Plot from "@observablehq/plot";
import { type Point, shownSpan } from "./history";

/** An area under a line over the last ten minutes, in classes that meter.css paints with the editor's theme. `full`: the top of the chart. */
export function drawHistory(points: readonly Point[], full: number, width: number, height: number): SVGElement {
  const end = points.at(-1)?.at ?? 0;
  const minutes = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((minute) => end - minute * 60_000);
  const hidden = { ariaHidden: "true" } as const;
  // Above the top only by an error of measuring: cut, so that nothing is drawn over the words.
  const y = ({ value }: Point): number => Math.min(value, full);
  const chart = Plot.plot({
    width,
    height,
    margin: 0,
    marginTop: 1,
    marginBottom: 1,
    className: "history",
    x: { type: "linear", domain: [end - shownSpan, end], axis: null },
    y: { domain: [0, full], axis: null },
    marks: [
      Plot.ruleX(minutes, { className: "minutes", ...hidden }),
      Plot.ruleY([0, full / 2, full], { className: "grid", ...hidden }),
      Plot.areaY(points, { className: "area", x: "at", y1: 0, y2: y, ...hidden }),
      Plot.line(points, { className: "line", x: "at", y, ...hidden }),
    ],
  });
  // Plot's own <style> would be refused by the content security policy; meter.css carries its rules.
  chart.querySelector("style")?.remove();
  chart.setAttribute("aria-hidden", "true");
  return chart as SVGElement;
}
