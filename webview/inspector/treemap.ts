/** A rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A treemap in strips: areas are as the weights, the order is kept, left to right and down.
 * Source: Bederson, Shneiderman, Wattenberg, "Ordered and Quantum Treemaps", ACM Transactions on Graphics 21 (2002), 4.1.
 * Weights that are not positive get a box without area.
 */
export function stripTreemap(weights: readonly number[], box: Box): readonly Box[] {
  const total = weights.reduce((sum, weight) => sum + positive(weight), 0);
  if (total === 0) return weights.map(() => ({ ...box, width: 0, height: 0 }));
  const areas = weights.map((weight) => (positive(weight) / total) * box.width * box.height);
  const boxes: Box[] = [];
  let y = box.y;
  for (const strip of stripsOf(areas, box.width)) {
    const height = sumOf(strip) / Math.max(box.width, Number.MIN_VALUE);
    let x = box.x;
    for (const area of strip) {
      const width = height > 0 ? area / height : 0;
      boxes.push({ x, y, width, height });
      x += width;
    }
    y += height;
  }
  return boxes;
}

/** A strip takes the next area as long as that makes its boxes squarer on average; a last strip that spoils them joins the one before. */
function stripsOf(areas: readonly number[], width: number): readonly (readonly number[])[] {
  const strips: number[][] = [];
  let strip: number[] = [];
  for (const area of areas) {
    if (strip.length > 0 && stretch([...strip, area], width) > stretch(strip, width)) {
      strips.push(strip);
      strip = [];
    }
    strip.push(area);
  }
  const before = strips.at(-1);
  const joined = before && [...before, ...strip];
  if (before && joined && 2 * stretch(joined, width) < stretch(before, width) + stretch(strip, width)) strips.splice(-1, 1, joined);
  else strips.push(strip);
  return strips;
}

/** Mean of long side by short side over the boxes of a strip; 1 is a strip of squares. */
function stretch(strip: readonly number[], width: number): number {
  const height = sumOf(strip) / width;
  const drawn = strip.filter((area) => area > 0);
  return drawn.reduce((sum, area) => sum + Math.max(area / height ** 2, height ** 2 / area), 0) / Math.max(1, drawn.length);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function positive(weight: number): number {
  return weight > 0 && Number.isFinite(weight) ? weight : 0;
}

export type Direction = "left" | "right" | "up" | "down";

/** Index of the box that the arrow key leads to: the nearest that begins where this one ends, one beside it before one aslant. */
export function neighbour(boxes: readonly Box[], from: number, direction: Direction): number | undefined {
  const here = boxes[from];
  if (!here) return undefined;
  let best: { index: number; distance: number } | undefined;
  for (const [index, box] of boxes.entries()) {
    const { ahead, aslant, apart } = way(here, box, direction);
    if (index === from || ahead < -1) continue;
    const distance = ahead + 4 * aslant + 0.1 * apart;
    if (!best || distance < best.distance) best = { index, distance };
  }
  return best?.index;
}

/** Pixels from one box to another: ahead from edge to edge, and sideways between their edges and between their middles. */
function way(here: Box, there: Box, direction: Direction): { readonly ahead: number; readonly aslant: number; readonly apart: number } {
  const [x, y] = [span(here.x, here.width, there.x, there.width), span(here.y, here.height, there.y, there.height)];
  const across = direction === "left" || direction === "right";
  const [along, beside] = across ? [x, y] : [y, x];
  return { ahead: direction === "right" || direction === "down" ? along.after : along.before, aslant: Math.max(0, beside.after, beside.before), apart: Math.abs(beside.middles) };
}

function span(start: number, length: number, otherStart: number, otherLength: number): { readonly after: number; readonly before: number; readonly middles: number } {
  return { after: otherStart - (start + length), before: start - (otherStart + otherLength), middles: otherStart + otherLength / 2 - (start + length / 2) };
}
