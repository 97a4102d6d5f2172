import { type GgufHeader, hyperparameter } from "../../core/gguf/header";

/** LLAMA_MAX_LAYERS of llama-hparams.h, v0.4.0. */
export const mostBlocks = 512;

/**
 * What llama.cpp asserts while it reads a model: a value that fails there would end the process. Says in a few words
 * what is wrong, undefined when nothing is. `tokens` is empty for a file without a vocabulary.
 */
export function failedAssertion(header: GgufHeader, tokens: readonly string[]): string | undefined {
  const blocks = hyperparameter(header, "block_count") ?? 1;
  if (blocks < 1 || blocks > mostBlocks) return `${blocks} blocks`;
  // Only state-space models, which have no feed-forward part either, say that they have no heads.
  if (hyperparameter(header, "attention.head_count") === 0 && hyperparameter(header, "feed_forward_length")) return "no attention heads";
  // It reads tokens as C strings, up to the first zero byte, and gives empty ones names of their own.
  const texts = tokens.map((token) => token.split("\0", 1)[0]).filter(Boolean);
  if (new Set(texts).size < texts.length) return "a token that is listed twice";
  return undefined;
}
