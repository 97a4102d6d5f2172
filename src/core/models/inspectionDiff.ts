import type { Inspection, InspectionDiff, ShownValue, TensorRow } from "../../protocol/modelPanels";

/** What two values that are shown alike differ in; undefined where they are the same. */
export type Beyond = (key: string) => { readonly first: ShownValue; readonly second: ShownValue } | undefined;

/**
 * What differs between two files: metadata by key, tensors by name, type and shape. Those of the first file come first,
 * then those that only the second one has. The weights themselves are not compared.
 * `beyond` looks at what an inspection leaves out of long lists and texts.
 */
export function diffOf(a: Inspection, b: Inspection, beyond: Beyond = () => undefined): InspectionDiff {
  const metadata = pairs(a.metadata, b.metadata, ({ key }) => key).map(([key, first, second]) => {
    if (!first || !second || !sameShown(first.value, second.value)) return { key, ...(first && { first: first.value }), ...(second && { second: second.value }), same: false };
    const unlike = beyond(key);
    return { key, ...unlike, same: !unlike };
  });
  const tensors = pairs(a.tensors, b.tensors, ({ name }) => name).map(([name, first, second]) => ({
    name, ...(first && { first }), ...(second && { second }), same: first !== undefined && second !== undefined && sameTensor(first, second),
  }));
  return {
    first: a.model,
    second: b.model,
    metadata: different(metadata),
    tensors: different(tensors),
    same: { metadata: metadata.filter(({ same }) => same).length, tensors: tensors.filter(({ same }) => same).length },
  };
}

function pairs<R>(a: readonly R[], b: readonly R[], name: (row: R) => string): readonly (readonly [name: string, first: R | undefined, second: R | undefined])[] {
  const [ours, theirs] = [a, b].map((rows) => new Map(rows.map((row) => [name(row), row] as const))) as [Map<string, R>, Map<string, R>];
  const names = new Set([...ours.keys(), ...theirs.keys()]);
  return [...names].map((each) => [each, ours.get(each), theirs.get(each)] as const);
}

function different<R extends { readonly same: boolean }>(rows: readonly R[]): Omit<R, "same">[] {
  return rows.filter(({ same }) => !same).map(({ same: _, ...row }) => row);
}

/** How wide a number is stored makes no difference. */
function sameShown(a: ShownValue, b: ShownValue): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function sameTensor(a: TensorRow, b: TensorRow): boolean {
  return a.type === b.type && a.shape.join() === b.shape.join();
}
