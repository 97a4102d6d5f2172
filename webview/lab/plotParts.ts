import type * as Plot from "@observablehq/plot";

export const hidden = { ariaHidden: "true" } as const;
export const axisText = { className: "axis", labelAnchor: "center", labelArrow: "none", tickSize: 0, ...hidden } as const;

/** Plot's own <style> would be refused by the content security policy; the shared chart.css carries its rules. */
export function dressed(chart: (SVGSVGElement | HTMLElement) & Plot.Plot, kind: string): SVGSVGElement {
  chart.querySelector("style")?.remove();
  chart.setAttribute("role", "group");
  chart.setAttribute("aria-roledescription", kind);
  return chart as SVGSVGElement;
}

export function applied(chart: Plot.Plot, name: "x" | "y"): (value: number | string) => number {
  const scale = chart.scale(name);
  return (value) => Number(scale?.apply(value) ?? 0);
}

/** The drawn shapes of a mark of that class by their spoken words. */
export function shapesOf(chart: SVGElement, className: string): ReadonlyMap<string, SVGElement> {
  return new Map([...chart.querySelectorAll<SVGElement>(`.${className} > *, .${className}[aria-label]`)].map((shape) => [shape.getAttribute("aria-label") ?? "", shape]));
}

/** 0.02 and 1.5 as they are, very small ones as 1e-5. */
export function tickWords(value: number): string {
  return value === 0 || Math.abs(value) >= 1e-4 ? String(Number(value.toPrecision(3))) : value.toExponential(0);
}
