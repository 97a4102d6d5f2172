import type { ModelFile } from "../../protocol/model";
import type { ReadFile } from "./fileFacts";
import { shardKey, shardOf } from "./shards";

/** Missing parts named in a sentence. */
const namedParts = 4;

/** Puts the parts of split models together: one entry each, in the place of its first part. */
export function joinedSplits(files: readonly ReadFile[]): readonly ReadFile[] {
  const groups = new Map<string, ReadFile[]>();
  for (const file of files) {
    const shard = shardOf(file.found.path);
    const key = shard && shard.count > 1 ? shardKey(shard) : file.found.path;
    const group = groups.get(key);
    if (group) group.push(file);
    else groups.set(key, [file]);
  }
  return [...groups.values()].map((parts) => joined(parts));
}

function joined(parts: readonly ReadFile[]): ReadFile {
  const numbered = parts.flatMap((file) => {
    const shard = shardOf(file.found.path);
    return shard && shard.count > 1 ? [{ file, shard }] : [];
  }).sort((a, b) => a.shard.index - b.shard.index);
  const first = numbered[0];
  if (!first) return lonePart(parts[0]!);
  const files = numbered.map(({ file }) => file);
  const expected = first.shard.count;
  const sum = (count: (model: ModelFile) => number): number => files.reduce((total, { facts }) => total + count(facts.model), 0);
  const model = first.file.facts.model;
  const weights = sum((part) => part.weights ?? 0);
  const problem = problemOf(numbered);
  return {
    found: first.file.found,
    facts: {
      ...first.file.facts,
      model: {
        ...model,
        bytes: sum(({ bytes }) => bytes),
        parameters: sum(({ parameters }) => parameters),
        weights,
        ...(model.shape && { shape: { ...model.shape, tiedShare: tiedShareOf(files, weights) } }),
        parts: { paths: files.map(({ found }) => found.path), expected },
        problem,
      },
    },
  };
}

/** The embedding lies in one part, the output matrix perhaps in another. */
function tiedShareOf(files: readonly ReadFile[], weights: number): number {
  if (files.some(({ facts }) => facts.output)) return 0;
  const tied = files.reduce((bytes, { facts: { model } }) => bytes + (model.shape?.tiedShare ?? 0) * (model.weights ?? 0), 0);
  return tied / Math.max(1, weights);
}

function problemOf(numbered: readonly { readonly file: ReadFile; readonly shard: { readonly index: number; readonly count: number } }[]): string | undefined {
  const expected = numbered[0]?.shard.count ?? 0;
  const here = new Set(numbered.map(({ shard }) => shard.index));
  const missing: number[] = [];
  for (let index = 1; index <= expected && missing.length <= namedParts; index++) if (!here.has(index)) missing.push(index);
  if (missing.length > 0) {
    const named = missing.length > namedParts ? `${missing.slice(0, namedParts).join(", ")} and more` : listed(missing.map(String));
    return `${here.size} of ${expected} parts are here: part${missing.length > 1 ? "s" : ""} ${named} ${missing.length > 1 ? "are" : "is"} missing. Download what is missing into the same folder.`;
  }
  for (const { file: { facts }, shard } of numbered) {
    if (facts.model.problem !== undefined) return `Part ${shard.index} of ${expected}: ${facts.model.problem}`;
    if (facts.part && (facts.part.index !== shard.index || facts.part.count !== expected)) {
      return `The file named part ${shard.index} of ${expected} says that it is part ${facts.part.index} of ${facts.part.count}: download the parts again.`;
    }
  }
  return undefined;
}

/** A part that lost the name by which llama.cpp finds the others. */
function lonePart(file: ReadFile): ReadFile {
  const { part, model } = file.facts;
  if (!part || model.problem !== undefined) return file;
  const ending = `-${String(part.index).padStart(5, "0")}-of-${String(part.count).padStart(5, "0")}.gguf`;
  const problem = `This is part ${part.index} of ${part.count} of a split model, but its name does not end in ${ending}: give all parts such names.`;
  return { ...file, facts: { ...file.facts, model: { ...model, problem } } };
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
