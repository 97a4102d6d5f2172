import type { ModelFile } from "../../protocol/model";

/** The given order, but each file right after what it was made from. Files that name each other in a circle keep their places. */
export function inLineageOrder(files: readonly ModelFile[]): readonly ModelFile[] {
  const paths = new Set(files.map(({ path }) => path));
  const ordered = new Set<ModelFile>();
  const add = (file: ModelFile): void => {
    if (ordered.has(file)) return;
    ordered.add(file);
    for (const made of files) if (made.lineage?.parentPath === file.path) add(made);
  };
  for (const file of files) if (!paths.has(file.lineage?.parentPath ?? "")) add(file);
  for (const file of files) add(file);
  return [...ordered];
}
