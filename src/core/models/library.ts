import type { ModelFile } from "../../protocol/model";
import { withAttachments } from "./attachments";
import { inFamiliesOfBases } from "./baseFamilies";
import { cleanFamily, familyKey, familyOfTitle } from "./familyName";
import type { ReadFile } from "./fileFacts";
import { withParents } from "./lineage";
import { joinedSplits } from "./splitFiles";

/** A base model and its levels, largest first. */
export interface ModelFamily {
  readonly name: string;
  readonly builtIn: boolean;
  readonly files: readonly ModelFile[];
}

/**
 * The models among the files that were read, each split one once, with projectors and adapters told apart and attached,
 * families named alike over all sources and led back to their bases, and parents found. Importance matrices are none.
 */
export function modelsAmong(files: readonly ReadFile[]): readonly ModelFile[] {
  const entries = joinedSplits(files.filter(({ facts }) => !facts.matrix)).map((file) => ({ file, model: described(file) }));
  const names = spellings(entries.map(({ model }) => model));
  const named = entries.map(({ file, model }) => ({ file, model: { ...model, family: names.get(familyKey(model.family)) ?? model.family } }));
  const titles = new Map(named.flatMap(({ file: { facts }, model }) => (facts.title === undefined ? [] : [[model.path, facts.title] as const])));
  return inFamiliesOfBases(withParents(withAttachments(named)), titles);
}

function described({ found, facts }: ReadFile): ModelFile {
  const { builtIn, source, names, role, license, problem } = found;
  const family = source === "ollama" ? familyOfTitle(facts.title, names?.[0]) : source === "llamaCpp" ? familyInFlatCache(found.path, names?.[0]) : undefined;
  return {
    ...facts.model,
    path: found.path,
    ...(family !== undefined && { family }),
    ...(builtIn === true && { builtIn }),
    ...(source !== undefined && { source }),
    ...(names && names.length > 0 && { name: names.join(", ") }),
    ...(role !== undefined && role !== "model" && { role }),
    ...(license !== undefined && facts.model.license === undefined && { license }),
    ...(problem !== undefined && { problem }),
  };
}

/** llama.cpp's older cache writes "owner_name_file.gguf" in one folder. */
function familyInFlatCache(path: string, name: string | undefined): string | undefined {
  const file = path.split(/[\\/]/).at(-1) ?? path;
  const prefix = name === undefined ? undefined : `${name.replace("/", "_")}_`;
  return prefix !== undefined && file.startsWith(prefix) ? cleanFamily(file.slice(prefix.length)) : undefined;
}

/** One spelling for each family: the built-in model's, else that of the person's own files, else the first. */
function spellings(models: readonly ModelFile[]): ReadonlyMap<string, string> {
  const rank = ({ builtIn, source }: ModelFile): number => (builtIn ? 0 : source === undefined ? 1 : source === "ollama" ? 3 : 2);
  const names = new Map<string, string>();
  for (const model of [...models].sort((a, b) => rank(a) - rank(b))) {
    const key = familyKey(model.family);
    if (!names.has(key)) names.set(key, model.family);
  }
  return names;
}

/** The built-in family first, then by name; families in which nothing can be used come last. Projectors and adapters that no model has stand in families of their own. */
export function groupedByFamily(models: readonly ModelFile[]): readonly ModelFamily[] {
  const attached = new Set(models.flatMap(({ attachments = [] }) => attachments));
  const groups = new Map<string, ModelFile[]>();
  for (const model of models) {
    if (attached.has(model.path)) continue;
    const group = groups.get(model.family);
    if (group) group.push(model);
    else groups.set(model.family, [model]);
  }
  const { compare } = new Intl.Collator();
  return [...groups]
    .map(([name, files]) => ({
      name,
      builtIn: files.some((file) => file.builtIn === true),
      files: files.sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1)),
    }))
    .sort((a, b) => Number(b.builtIn) - Number(a.builtIn) || Number(isBroken(a)) - Number(isBroken(b)) || compare(a.name, b.name));
}

function isBroken({ files }: ModelFamily): boolean {
  return files.every(({ problem }) => problem !== undefined);
}
