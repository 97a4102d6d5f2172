import { HumanError } from "../../protocol/humanError";
import { architectureOf, hyperparameter, type ParsedHeader } from "../gguf/header";
import type { Scalar } from "../gguf/valueTypes";
import type { MetadataEntry } from "../gguf/writer";

/** Lists that have no value for each block, whatever their length. */
const ofModel = ["rope.dimension_sections", "classifier.output_labels", "target_layers"];

/** Extra blocks at the end, which foretell further tokens (NextN, multi-token prediction). */
export function nextTokenBlocks(header: ParsedHeader): number {
  return hyperparameter(header, "nextn_predict_layers") ?? 0;
}

/**
 * The entries of a model that keeps only some of its blocks (numbers in the whole model, ascending): the number of blocks, every list with
 * a value for each block, and the count of leading blocks without experts. What tells the model's size in its name goes.
 */
export function keptBlocksMetadata(header: ParsedHeader, entries: readonly MetadataEntry[], kept: readonly number[], blocks: number): readonly MetadataEntry[] {
  const prefix = `${architectureOf(header)}.`;
  const lengths = [blocks, blocks - nextTokenBlocks(header)];
  return entries.flatMap((entry): readonly MetadataEntry[] => {
    if (entry.key === "general.size_label" || entry.key === "general.parameter_count") return kept.length === blocks ? [entry] : [];
    if (!entry.key.startsWith(prefix)) return [entry];
    const name = entry.key.slice(prefix.length);
    if (entry.type === "array") return ofModel.includes(name) || !lengths.includes(entry.value.length) ? [entry] : [keptValues(entry, kept)];
    if (name === "block_count") return [{ ...entry, value: sameKind(entry.value, kept.length) }];
    if (name === "leading_dense_block_count") return [{ ...entry, value: sameKind(entry.value, kept.filter((block) => block < Number(entry.value)).length) }];
    return [entry];
  });
}

/** Throws a HumanError for a model with counts of blocks that Decant cannot bring up to date. */
export function checkCounts(header: ParsedHeader): void {
  const counted = ["attention.shared_kv_layers", "decoder_block_count", "n_deepstack_layers", "hash_layer_count", "moe_every_n_layers", "rescale_every_n_layers"].find((name) => hyperparameter(header, name));
  if (counted !== undefined) {
    throw new HumanError("unsupported", `This model counts some of its blocks (${counted}), and Decant does not know what becomes of them when others are left out: prune neurons instead.`);
  }
}

function keptValues(entry: MetadataEntry & { readonly type: "array" }, kept: readonly number[]): MetadataEntry {
  return { ...entry, value: kept.filter((block) => block < entry.value.length).map((block) => entry.value[block]!) };
}

/** 64-bit numbers are big ones. */
function sameKind(before: Scalar, value: number): Scalar {
  return typeof before === "bigint" ? BigInt(value) : value;
}
