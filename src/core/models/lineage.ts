import { type GgufHeader, metadataNumber, metadataString } from "../gguf/header";
import type { Lineage, ModelFile, ModelRole } from "../../protocol/model";
import { familyKey } from "./familyName";
import { plainText } from "./safePath";

/** More steps than anyone takes: a header that lists thousands is not believed. */
const mostSteps = 20;
const mostBases = 8;
const unquantized: ReadonlySet<string> = new Set(["F32", "F16", "BF16", "unknown"]);

/**
 * Where a file came from: what Decant noted when it made it (`decant.*`), what converters and llama.cpp note
 * (`general.base_model.*`, `general.quantized_by`, `quantize.imatrix.*`), and as a last resort its name and level.
 */
export function lineageOf(path: string, header: GgufHeader, level: string, role: ModelRole): Lineage | undefined {
  const text = (key: string): string | undefined => {
    const value = metadataString(header, key);
    return value === undefined ? undefined : plainText(value);
  };
  const step = text("decant.step");
  const history = text("decant.history")?.split(" > ") ?? [];
  const steps = step === undefined ? guessedSteps(path, header, level, role) : [...history, step].filter((name) => name !== "").slice(-mostSteps);
  const base = text("decant.base") ?? baseNames(header)[0];
  const parent = text("decant.parent");
  if (steps.length === 0 && base === undefined && parent === undefined) return undefined;
  return { steps, ...(base !== undefined && { base }), ...(parent !== undefined && { parent }) };
}

/** Names of the models that this one was tuned from, merged from, or made for. Source: gguf-py's constants of llama.cpp. */
export function baseNames(header: GgufHeader): readonly string[] {
  const count = Math.min(mostBases, metadataNumber(header, "general.base_model.count") ?? 1);
  const names: string[] = [];
  for (let index = 0; index < count; index++) {
    const name = metadataString(header, `general.base_model.${index}.name`) ?? metadataString(header, `general.base_model.${index}.repo_url`)?.split("/").at(-1);
    if (name !== undefined) names.push(plainText(name));
  }
  return names;
}

function guessedSteps(path: string, header: GgufHeader, level: string, role: ModelRole): readonly string[] {
  const name = path.split(/[\\/]/).at(-1) ?? "";
  const steps: string[] = [];
  if (/(^|[-._ ])prun(e|ed|ing)([-._ ]|$)/i.test(name)) steps.push("prune");
  if (/(^|[-._ ])distil(l|led|lation)?([-._ ]|$)/i.test(name)) steps.push("distil");
  if (role === "model" && !unquantized.has(level)) {
    const matrix = Object.keys(header.metadata).some((key) => key.startsWith("quantize.imatrix."));
    const by = metadataString(header, "general.quantized_by");
    steps.push([`quantize ${level}`, ...(matrix ? ["with an importance matrix"] : []), ...(by === undefined ? [] : [`by ${plainText(by, 60)}`])].join(" "));
  }
  return steps;
}

/** Adds to every lineage the path of the file that it names as its parent, where that is at hand. */
export function withParents(models: readonly ModelFile[]): readonly ModelFile[] {
  const wanted = new Set(models.flatMap(({ lineage }) => lineage?.parent ?? []));
  const byName = new Map([...wanted].map((name) => [name, [] as ModelFile[]]));
  for (const model of models) byName.get(fileName(model.path))?.push(model);
  const parents = new Map<string, string>();
  for (const model of models) {
    const named = (byName.get(model.lineage?.parent ?? "") ?? []).filter(({ path, architecture }) => path !== model.path && architecture === model.architecture);
    const parent = nearest(model, named);
    // Two files may each claim to be made from the other; a chain that comes back is not believed.
    if (parent && !leadsTo(parents, parent.path, model.path)) parents.set(model.path, parent.path);
  }
  return models.map((model) => {
    const parentPath = parents.get(model.path);
    return model.lineage && parentPath !== undefined ? { ...model, lineage: { ...model.lineage, parentPath } } : model;
  });
}

/** In the same folder, else of the same family, else the only one of that name. */
function nearest(model: ModelFile, named: readonly ModelFile[]): ModelFile | undefined {
  return named.find(({ path }) => folderOf(path) === folderOf(model.path))
    ?? named.find(({ family }) => familyKey(family) === familyKey(model.family))
    ?? (named.length === 1 ? named[0] : undefined);
}

function leadsTo(parents: ReadonlyMap<string, string>, from: string, to: string): boolean {
  for (let path: string | undefined = from; path !== undefined; path = parents.get(path)) if (path === to) return true;
  return false;
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

function folderOf(path: string): string {
  return path.slice(0, -fileName(path).length);
}
