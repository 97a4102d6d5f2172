import { basename } from "node:path";
import { type GgufHeader, hyperparameter } from "../../core/gguf/header";
import { HumanError } from "../../protocol/humanError";
import { readGgufLayout } from "./ggufLayout";

/** LLAMA_MAX_LAYERS of llama-hparams.h, v0.4.0. */
const mostBlocks = 512;

/**
 * The header of a model with all its metadata. The bounded reader checks the file first, because the reader of
 * node-llama-cpp, which also reads lists, trusts every length that it meets.
 * Throws a HumanError that says what is wrong with the file.
 */
export async function readHeader(path: string): Promise<GgufHeader> {
  const { tensors, dataOffset, scalars } = readGgufLayout(path);
  const { readGgufFileInfo } = await import("node-llama-cpp");
  const { version, metadata } = await readGgufFileInfo(path, {
    sourceType: "filesystem",
    readTensorInfo: false,
    spliceSplitFiles: false,
    logWarnings: false,
  });
  const header = { version, metadata: { ...flat(metadata), ...Object.fromEntries(scalars) }, tensors, dataOffset };
  checkAssertions(header, basename(path));
  return header;
}

/** What llama.cpp asserts while it loads a model: a value that fails there would end the process. */
function checkAssertions(header: GgufHeader, name: string): void {
  const damaged = (what: string): HumanError => new HumanError("notGguf", `${name} has a damaged header (${what}). Download or copy it again.`);
  const blocks = hyperparameter(header, "block_count") ?? 1;
  if (blocks < 1 || blocks > mostBlocks) throw damaged(`${blocks} blocks`);
  // Only state-space models, which have no feed-forward part either, say that they have no heads.
  if (hyperparameter(header, "attention.head_count") === 0 && hyperparameter(header, "feed_forward_length")) throw damaged("no attention heads");
  // It reads tokens as C strings, up to the first zero byte, and gives empty ones names of their own.
  const list = header.metadata["tokenizer.ggml.tokens"];
  const tokens = Array.isArray(list) ? list.map((token) => String(token).split("\0", 1)[0]).filter(Boolean) : [];
  if (new Set(tokens).size < tokens.length) throw damaged("a token that is listed twice");
}

/** Nested objects as the dotted keys that the file has. */
function flat(nested: object, prefix = ""): Record<string, unknown> {
  const keys: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(nested)) {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) Object.assign(keys, flat(value, `${prefix}${name}.`));
    else keys[prefix + name] = value;
  }
  return keys;
}
