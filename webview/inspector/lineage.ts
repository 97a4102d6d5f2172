import type { ModelFile } from "../../src/protocol/model";

/** One stop of the way from the base model to this file, and the step that led to it. */
export interface Stop {
  readonly kind: "base" | "between" | "this";
  /** Absent for a file that nothing is known of. */
  readonly name?: string;
  readonly step?: string;
}

/** Base → … → this; empty where nothing is known. */
export function lineageStops({ lineage, path }: Pick<ModelFile, "lineage" | "path">): readonly Stop[] {
  const name = fileName(path);
  if (!lineage || (lineage.steps.length === 0 && !lineage.base && !lineage.parent)) return [];
  const { steps, base, parent } = lineage;
  const stops = steps.map((step, index): Stop => {
    if (index === steps.length - 1) return { kind: "this", name, step };
    return { kind: "between", name: index === steps.length - 2 ? parent : undefined, step };
  });
  const start = base ?? (steps.length <= 1 ? parent : undefined);
  const first: Stop = { kind: "base", name: start };
  return stops.length > 0 ? [first, ...stops] : [first, { kind: "this", name }];
}

export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
