/** Where the names of points go, so that they cover neither points nor each other. */
export interface Labelled {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Higher is placed first; those left without room stay unnamed until they are pointed at. */
  readonly priority: number;
  /** Is named in any case: far from its point if need be, or over something. */
  readonly always?: boolean;
}
export interface Placement {
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
  /** So far from its point that a line should lead there. */
  readonly far: boolean;
}
interface Box { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }
interface Size { readonly width: number; readonly height: number }

/** Width of a character and height of a line at the labels' 11 px, generous for wide letters. */
const characterWidth = 7.1;
const lineHeight = 13;
const pointRadius = 6;

const candidates: readonly { readonly dx: number; readonly dy: number; readonly anchor: Placement["anchor"] }[] = [
  { dx: 8, dy: -5, anchor: "start" },
  { dx: 10, dy: 4, anchor: "start" },
  { dx: 0, dy: -11, anchor: "middle" },
  { dx: -8, dy: -5, anchor: "end" },
  { dx: -10, dy: 4, anchor: "end" },
  { dx: -8, dy: 14, anchor: "end" },
  { dx: 8, dy: 14, anchor: "start" },
  { dx: 0, dy: 20, anchor: "middle" },
];
/** Away from the crowd, for names that must be read: the nearer ones first. */
const farCandidates: typeof candidates = [26, 40, 56, 74].flatMap((away) => [
  { dx: 0.6 * away, dy: -away, anchor: "start" as const },
  { dx: -0.6 * away, dy: away + 6, anchor: "end" as const },
  { dx: -0.6 * away, dy: -away, anchor: "end" as const },
  { dx: 0.6 * away, dy: away + 6, anchor: "start" as const },
]);

/** One placement per point in order; undefined where every position would cover something. Line points are avoided softly. */
export function placeLabels(points: readonly Labelled[], bounds: Box, line: readonly { readonly x: number; readonly y: number }[]): readonly (Placement | undefined)[] {
  const taken: Box[] = points.map(({ x, y }) => ({ left: x - pointRadius, top: y - pointRadius, right: x + pointRadius, bottom: y + pointRadius }));
  const placements: (Placement | undefined)[] = points.map(() => undefined);
  const track = samples(line);
  const order = points.map((_, index) => index).sort((a, b) => points[b]!.priority - points[a]!.priority);
  for (const index of order) {
    const point = points[index]!;
    const size = { width: point.text.length * characterWidth, height: lineHeight };
    let best: { placement: Placement; box: Box; cost: number } | undefined;
    for (const candidate of point.always ? [...candidates, ...farCandidates] : candidates) {
      const far = !candidates.includes(candidate);
      // A near place over the line is better than one far away.
      if (far && best) break;
      const placement = { x: point.x + candidate.dx, y: point.y + candidate.dy, anchor: candidate.anchor, far };
      const box = boxOf(placement, size);
      if (!inside(box, bounds) || taken.some((other) => overlap(box, other))) continue;
      const cost = track.filter(({ x, y }) => x > box.left && x < box.right && y > box.top && y < box.bottom).length;
      if (!best || cost < best.cost) best = { placement, box, cost };
      if (cost === 0) break;
    }
    if (!best && point.always) best = nextTo(point, size, bounds);
    if (!best) continue;
    taken.push(best.box);
    placements[index] = best.placement;
  }
  return placements;
}

/** To the right of its point, or to the left at the right edge, whatever it covers. */
function nextTo({ x, y }: Labelled, size: Size, bounds: Box): { readonly placement: Placement; readonly box: Box; readonly cost: number } {
  const right = x + 8 + size.width <= bounds.right;
  const placement: Placement = { x: right ? x + 8 : x - 8, y: Math.max(bounds.top + size.height, y - 5), anchor: right ? "start" : "end", far: false };
  return { placement, box: boxOf(placement, size), cost: 0 };
}

function boxOf({ x, y, anchor }: Placement, { width, height }: Size): Box {
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { left, right: left + width, top: y - height + 3, bottom: y + 3 };
}

function inside(box: Box, bounds: Box): boolean {
  return box.left >= bounds.left && box.right <= bounds.right && box.top >= bounds.top && box.bottom <= bounds.bottom;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** The line as dots 4 px apart. */
function samples(line: readonly { readonly x: number; readonly y: number }[]): readonly { readonly x: number; readonly y: number }[] {
  return line.slice(1).flatMap((to, index) => {
    const from = line[index]!;
    const steps = Math.max(1, Math.round(Math.hypot(to.x - from.x, to.y - from.y) / 4));
    return Array.from({ length: steps }, (_, step) => ({ x: from.x + ((to.x - from.x) * step) / steps, y: from.y + ((to.y - from.y) * step) / steps }));
  });
}
