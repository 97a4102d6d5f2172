import type { TensorRow } from "../../src/protocol/modelPanels";
import { type TensorGroup, groupTensors } from "./tensorGroups";
import { type Box, stripTreemap } from "./treemap";

/** A tensor with its place in the treemap. */
export interface Tile {
  readonly tensor: TensorRow;
  readonly box: Box;
}

/** A block with its tensors, the largest first; `named` where there is room for its name above them. */
export interface BlockTiles {
  readonly group: TensorGroup;
  readonly box: Box;
  readonly named: boolean;
  readonly tiles: readonly Tile[];
}

/** Pixels: the name of a block, the gap around it, and what is too small to be seen or pointed at. */
const [nameHeight, gap, smallest] = [14, 1, 3];
/** Tiles drawn at most: those left out are the smallest, and stand in the table. */
export const mostTiles = 3000;

/** Blocks in the order of the model, within each the tensors by size. */
export function tilesOf(tensors: readonly TensorRow[], width: number, height: number): readonly BlockTiles[] {
  const groups = groupTensors(tensors);
  const boxes = stripTreemap(groups.map(({ bytes }) => bytes), { x: 0, y: 0, width, height });
  const drawn = largest(tensors);
  return groups.flatMap((group, index) => {
    const box = boxes[index];
    return box ? [blockTiles(group, inset(box), drawn)] : [];
  });
}

function blockTiles(group: TensorGroup, box: Box, drawn: ReadonlySet<TensorRow>): BlockTiles {
  const named = box.width >= 30 && box.height >= 3 * nameHeight;
  const head = named ? nameHeight : 0;
  const inside = { ...box, y: box.y + head, height: Math.max(0, box.height - head) };
  const sorted = [...group.tensors].sort((a, b) => b.bytes - a.bytes);
  const boxes = stripTreemap(sorted.map(({ bytes }) => bytes), inside);
  const tiles = sorted.flatMap((tensor, index) => {
    const place = boxes[index];
    return place && drawn.has(tensor) && Math.min(place.width, place.height) >= smallest ? [{ tensor, box: place }] : [];
  });
  return { group, box, named, tiles };
}

function inset({ x, y, width, height }: Box): Box {
  return { x: x + gap, y: y + gap, width: Math.max(0, width - 2 * gap), height: Math.max(0, height - 2 * gap) };
}

function largest(tensors: readonly TensorRow[]): ReadonlySet<TensorRow> {
  return new Set(tensors.length <= mostTiles ? tensors : [...tensors].sort((a, b) => b.bytes - a.bytes).slice(0, mostTiles));
}
