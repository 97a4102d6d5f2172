import type { TensorRow } from "../../src/protocol/modelPanels";
import { matcher } from "../search";
import { blockName, groupTensors, weightsOf } from "./tensorGroups";

export const sortColumns = ["name", "type", "weights", "bytes", "bits"] as const;
export type SortColumn = (typeof sortColumns)[number];
export interface Sort {
  readonly column: SortColumn;
  readonly descending: boolean;
}

/** A line of the table: a block with its sums, or a tensor, below its block unless all are sorted. */
export type Line =
  | { readonly kind: "block"; readonly block: number; readonly open: boolean; readonly tensors: readonly TensorRow[]; readonly bytes: number; readonly bitsPerWeight: number }
  | { readonly kind: "tensor"; readonly tensor: TensorRow; readonly inBlock: boolean };

export interface TableChoice {
  readonly query: string;
  readonly sort?: Sort;
  /** Blocks that are open where all are closed at first, and the other way round. */
  readonly turned: readonly number[];
}

/** A model of fewer tensors shows them all at first. */
const fewTensors = 40;

export function tensorLines(tensors: readonly TensorRow[], { query, sort, turned }: TableChoice): readonly Line[] {
  const found = searchTensors(tensors, query);
  if (sort) return sortTensors(found, sort).map((tensor) => ({ kind: "tensor", tensor, inBlock: false }));
  const turnedBlocks = new Set(turned);
  const openAtFirst = opensAtFirst(tensors, query);
  return groupTensors(found).flatMap((group): readonly Line[] => {
    const open = turnedBlocks.has(group.block) !== openAtFirst;
    const lines = open ? group.tensors.map((tensor): Line => ({ kind: "tensor", tensor, inBlock: true })) : [];
    return [{ kind: "block", open, ...group }, ...lines];
  });
}

export function opensAtFirst(tensors: readonly TensorRow[], query: string): boolean {
  return query.trim() !== "" || tensors.length <= fewTensors;
}

/** Every word of the query stands in the name, the type or the name of the block. */
export function searchTensors(tensors: readonly TensorRow[], query: string): readonly TensorRow[] {
  if (query.trim() === "") return tensors;
  const fits = matcher(query);
  return tensors.filter(({ name, type, block }) => fits(`${name} ${type} ${blockName(block)}`));
}

/** "blk.2" before "blk.10". */
const byName = new Intl.Collator("en", { numeric: true });

/** Those that are equal keep the order of the file. */
export function sortTensors(tensors: readonly TensorRow[], { column, descending }: Sort): readonly TensorRow[] {
  const sign = descending ? -1 : 1;
  return [...tensors].sort((a, b) => sign * compare(a, b, column));
}

function compare(a: TensorRow, b: TensorRow, column: SortColumn): number {
  switch (column) {
    case "name": return byName.compare(a.name, b.name);
    case "type": return byName.compare(a.type, b.type);
    case "weights": return weightsOf(a) - weightsOf(b);
    case "bytes": return a.bytes - b.bytes;
    case "bits": return a.bitsPerWeight - b.bitsPerWeight;
  }
  return column satisfies never;
}

/** A header's click goes round: names from A, numbers from the largest, then the other way, then by block again. */
export function nextSort(current: Sort | undefined, column: SortColumn): Sort | undefined {
  const first = column !== "name" && column !== "type";
  if (current?.column !== column) return { column, descending: first };
  return current.descending === first ? { column, descending: !first } : undefined;
}
