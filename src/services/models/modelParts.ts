import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ParsedHeader } from "../../core/gguf/header";
import { type FileFacts, factsOf, unreadFacts } from "../../core/models/fileFacts";
import { shardKey, shardOf } from "../../core/models/shards";
import { joinedSplits } from "../../core/models/splitFiles";
import { sentenceOf } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { GgufFile } from "../ggufFile";

/** A file with those it was split together with. */
export interface WholeModel {
  /** Sizes are those of all parts that are here; what is missing is its `problem`. */
  readonly model: ModelFile;
  /** Of the first part that is here, with the tensors of all. */
  readonly header: ParsedHeader;
}

/** The file and those it was split together with, as far as they are in its folder, in their order. */
export async function partsOf(path: string): Promise<readonly string[]> {
  const shard = shardOf(path);
  if (!shard || shard.count === 1) return [path];
  const names = await readdir(dirname(path)).catch(() => []);
  const others = names.filter((name) => name !== basename(path)).map((name) => join(dirname(path), name)).filter((other) => {
    const candidate = shardOf(other);
    return candidate && shardKey(candidate) === shardKey(shard);
  });
  return [path, ...others].sort((a, b) => shardOf(a)!.index - shardOf(b)!.index);
}

/** Throws a HumanError where the file itself cannot be read; of another part that is told as a problem. */
export async function readWholeModel(path: string, read: (path: string) => Promise<GgufFile>): Promise<WholeModel> {
  const headers: ParsedHeader[] = [];
  const files: { readonly found: { readonly path: string }; readonly facts: FileFacts }[] = [];
  for (const part of await partsOf(path)) {
    try {
      const { header, bytes } = await read(part);
      headers.push(header);
      files.push({ found: { path: part }, facts: factsOf(part, header, bytes) });
    } catch (error) {
      if (part === path) throw error;
      files.push({ found: { path: part }, facts: unreadFacts(part, 0, sentenceOf(error)) });
    }
  }
  const { model } = joinedSplits(files)[0]!.facts;
  return { model, header: headers.length === 1 ? headers[0]! : { ...headers[0]!, tensors: headers.flatMap(({ tensors }) => tensors) } };
}
