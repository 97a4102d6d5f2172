import { HumanError } from "../../../protocol/humanError";
import type { JsonObject } from "../checkpoint";
import { objectOf } from "../hyperparameters";
import { shownJson } from "../shown";
import { damagedTokenizer } from "./vocabulary";

/** What tokenizer.json says of merging pairs. Source of the format: huggingface/tokenizers. */
export interface PairMerging {
  readonly ids: ReadonlyMap<string, number>;
  /** The earlier, the more wanted. */
  readonly merges: readonly (readonly [string, string])[];
  /** Bytes that no token has are spelt as <0x..>. */
  readonly byteFallback: boolean;
  /** Words that are tokens are not merged. */
  readonly ignoreMerges: boolean;
}

/** More than any tokenizer has. */
const mostTokens = 4_000_000;

/** Throws for tokenizers of other kinds. */
export function pairMergingOf(tokenizer: JsonObject): PairMerging {
  const model = objectOf(tokenizer.model);
  const { type, vocab, merges } = model;
  // Early files leave the type out.
  if (type !== "BPE" && !(type === undefined && merges !== undefined)) {
    throw new HumanError("unsupported", `The tokenizer is of the kind ${shownJson(type)}, which this family of models does not have in llama.cpp: only byte pair encoding (BPE) can be converted.`);
  }
  const entries = Object.entries(objectOf(vocab));
  if (entries.length === 0 || entries.length > mostTokens) throw damagedTokenizer("tokenizer.json", `${entries.length} tokens`);
  const numbers = new Set<unknown>();
  for (const [, id] of entries) {
    if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 0 || numbers.has(id)) throw damagedTokenizer("tokenizer.json", "tokens without a number of their own");
    numbers.add(id);
  }
  if (!Array.isArray(merges) || merges.length > mostTokens) throw damagedTokenizer("tokenizer.json", "no list of merges");
  return {
    ids: new Map(entries as [string, number][]),
    merges: merges.map(pairOf),
    byteFallback: model.byte_fallback === true,
    ignoreMerges: model.ignore_merges === true,
  };
}

/** Both spellings: "a b", and ["a", "b"], which allows blanks. */
function pairOf(merge: unknown): readonly [string, string] {
  const parts: unknown = typeof merge === "string" ? merge.split(" ") : merge;
  if (Array.isArray(parts) && parts.length === 2 && typeof parts[0] === "string" && typeof parts[1] === "string") return [parts[0], parts[1]];
  throw damagedTokenizer("tokenizer.json", "a merge that is no pair");
}

/** The steps of a normalizer, pre-tokenizer or decoder: a sequence, or the one there is. */
export function stepsOf(part: unknown, list: string): readonly JsonObject[] {
  const { type, [list]: inner } = objectOf(part);
  if (type === undefined) return [];
  return type === "Sequence" && Array.isArray(inner) ? inner.map(objectOf) : [objectOf(part)];
}
