import type { InspectionDiff, TensorRow } from "../../src/protocol/modelPanels";
import { matcher } from "../search";

export type Change = "added" | "removed" | "changed";

export interface DiffSummary {
  /** Of the second file against the first, bytes. */
  readonly bytes: number;
  /** Share of the first file's size that the second one has. */
  readonly share: number;
  /** Tensors that are in both files with another type, most bytes saved or added first. */
  readonly types: readonly { readonly from: string; readonly to: string; readonly count: number; readonly bytes: number }[];
}

/** `first`, `second`: what either file has. */
export function changeOf({ first, second }: { readonly first?: unknown; readonly second?: unknown }): Change {
  if (first === undefined) return "added";
  return second === undefined ? "removed" : "changed";
}

export function diffSummary({ first, second, tensors }: InspectionDiff): DiffSummary {
  const types = new Map<string, { from: string; to: string; count: number; bytes: number }>();
  for (const { first: before, second: after } of tensors) {
    if (!before || !after || before.type === after.type) continue;
    const key = `${before.type} ${after.type}`;
    const sum = types.get(key) ?? { from: before.type, to: after.type, count: 0, bytes: 0 };
    types.set(key, { ...sum, count: sum.count + 1, bytes: sum.bytes + after.bytes - before.bytes });
  }
  return {
    bytes: second.bytes - first.bytes,
    share: second.bytes / Math.max(1, first.bytes),
    types: [...types.values()].sort((a, b) => Math.abs(b.bytes) - Math.abs(a.bytes)),
  };
}

export function byteChange(first: TensorRow | undefined, second: TensorRow | undefined): number {
  return (second?.bytes ?? 0) - (first?.bytes ?? 0);
}

export function searchDiff({ metadata, tensors }: InspectionDiff, query: string): Pick<InspectionDiff, "metadata" | "tensors"> {
  const has = matcher(query);
  return { metadata: metadata.filter(({ key }) => has(key)), tensors: tensors.filter(({ name, first, second }) => has(`${name} ${first?.type ?? ""} ${second?.type ?? ""}`)) };
}
