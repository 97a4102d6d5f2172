import type { ModelFile } from "../../protocol/model";
import { cleanFamily, familyKey } from "./familyName";

/**
 * What was made from another file at hand is of that one's family, whatever it is called. A parent is known by its bare file
 * name alone, so it must also lie beside the file, be of its family already, or be (or come from) the base that the file names.
 * `titles`: `general.name` by path. The chains of parents end (withParents).
 */
export function inFamiliesOfBases(models: readonly ModelFile[], titles: ReadonlyMap<string, string>): readonly ModelFile[] {
  const byPath = new Map(models.map((model) => [model.path, model]));
  const parentOf = (model: ModelFile): ModelFile | undefined => {
    const parent = byPath.get(model.lineage?.parentPath ?? "");
    return parent && isOfItsFamily(model, parent, titles.get(parent.path)) ? parent : undefined;
  };
  const families = new Map<string, string>();
  for (const model of models) {
    const chain: ModelFile[] = [];
    let base = model;
    for (let next: ModelFile | undefined = model; next && !families.has(base.path); next = parentOf(next)) {
      chain.push(next);
      base = next;
    }
    const family = families.get(base.path) ?? base.family;
    for (const { path } of chain) families.set(path, family);
  }
  return models.map((model) => ({ ...model, family: families.get(model.path) ?? model.family }));
}

function isOfItsFamily(model: ModelFile, parent: ModelFile, title: string | undefined): boolean {
  if (folderOf(parent.path) === folderOf(model.path) || familyKey(parent.family) === familyKey(model.family)) return true;
  const base = model.lineage?.base;
  return base !== undefined && [parent.lineage?.base, parent.family, title].some((name) => name !== undefined && familyKey(cleanFamily(name)) === familyKey(cleanFamily(base)));
}

function folderOf(path: string): string {
  return path.replace(/[^\\/]*$/, "");
}
