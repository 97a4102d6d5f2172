import type { HubFile } from "../../protocol/hub";

/** What a checkpoint needs besides its weights, and its licence. Source: save_pretrained of Hugging Face transformers. */
const companions = new Set([
  "config.json", "generation_config.json", "quantize_config.json", "model.safetensors.index.json",
  "tokenizer.json", "tokenizer_config.json", "tokenizer.model", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt",
  "chat_template.json", "chat_template.jinja",
]);
const licence = /^(licen[cs]e|notice|use_policy)([._-][\w.-]{0,40})?$/i;
const weights = /\.safetensors$/i;

export interface CheckpointFiles {
  readonly weights: readonly HubFile[];
  /** Configuration, tokenizer, licence. */
  readonly others: readonly HubFile[];
}

/**
 * The files of the checkpoint in a repository's top folder; undefined where there is none. Some owners upload the weights
 * a second time in another arrangement ("consolidated.safetensors"): only transformers' own is taken.
 */
export function checkpointFilesOf(files: readonly HubFile[]): CheckpointFiles | undefined {
  const top = files.filter(({ path }) => !path.includes("/"));
  const found = top.filter(({ path }) => weights.test(path) && !/^adapter_/i.test(path));
  if (found.length === 0) return undefined;
  return { weights: chosen(found, top), others: top.filter(({ path }) => companions.has(path) || licence.test(path)) };
}

function chosen(found: readonly HubFile[], top: readonly HubFile[]): readonly HubFile[] {
  const shards = found.filter(({ path }) => /^model-\d{5}-of-\d{5}\.safetensors$/i.test(path));
  const single = found.filter(({ path }) => path === "model.safetensors");
  const indexed = top.some(({ path }) => path === "model.safetensors.index.json");
  if (shards.length > 0 && (indexed || single.length === 0)) return shards;
  if (single.length > 0) return single;
  const others = found.filter(({ path }) => !/^consolidated/i.test(path));
  return others.length > 0 ? others : found;
}
