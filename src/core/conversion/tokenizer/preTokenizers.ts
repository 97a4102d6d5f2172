import { HumanError } from "../../../protocol/humanError";
import type { JsonObject } from "../checkpoint";
import { objectOf } from "../hyperparameters";
import { shownJson } from "../shown";
import { stepsOf } from "./tokenizerJson";

/** A way of cutting a text into words. */
interface PreTokenizer {
  /** As tokenizer.json spells it. */
  readonly pattern: string;
  /** llama.cpp's name where words that are tokens are still merged, and where they are not; tekken's merges lead to every token, so it is all one. */
  readonly merging?: string;
  readonly ignoring?: string;
}

const contraction = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)`;
const end = String.raw`\s*[\r\n]+|\s+(?!\S)|\s+`;
const marks = String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*`;
const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const before = String.raw`[^\r\n\p{L}\p{N}]?`;

/** Patterns that llama.cpp has by heart. Source: the comments in llm_tokenizer_bpe of src/llama-vocab.cpp, v0.4.0. */
const known: readonly PreTokenizer[] = [
  { pattern: String.raw`${contraction}|${before}\p{L}+|\p{N}{1,3}|${marks}|${end}`, merging: "dbrx", ignoring: "llama-bpe" },
  { pattern: String.raw`${contraction}|${before}\p{L}+|\p{N}|${marks}|${end}`, merging: "qwen2" },
  { pattern: String.raw`${contraction}|${before}[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|${end}`, merging: "qwen35" },
  { pattern: String.raw`${before}${upper}*${lower}+|${before}${upper}+${lower}*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|${end}`, merging: "tekken", ignoring: "tekken" },
  { pattern: String.raw`${before}${upper}*${lower}+${contraction}?|${before}${upper}+${lower}*${contraction}?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|${end}`, merging: "gpt-4o" },
];

/**
 * llama.cpp's name for the way in which a byte-level tokenizer cuts texts, by its configuration. `plain` names the way of GPT-2,
 * which has several names. Throws for one that llama.cpp would cut differently: the model would read other tokens than it learned.
 */
export function preTokenizerOf(tokenizer: JsonObject, ignoreMerges: boolean, plain = "gpt-2"): string {
  checkNormalizer(tokenizer);
  const steps = stepsOf(tokenizer.pre_tokenizer, "pretokenizers");
  const byteLevel = steps.at(-1);
  if (byteLevel?.type !== "ByteLevel") throw refused("it is not byte-level");
  const cuts = steps.slice(0, -1);
  // GPT-2's own pattern, unless said otherwise.
  if (byteLevel.use_regex !== false) {
    if (cuts.length === 0) return plain;
    if (cuts.length === 1 && cuts[0]!.type === "Digits" && cuts[0]!.individual_digits === true) return "smollm";
    throw refused(`it cuts by ${shownJson(cuts)}`);
  }
  const [cut, ...more] = cuts;
  if (!cut || more.length > 0 || cut.type !== "Split" || cut.behavior !== "Isolated" || cut.invert === true) throw refused(`it cuts by ${shownJson(cuts)}`);
  const { Regex: pattern } = objectOf(cut.pattern);
  const way = known.find((each) => typeof pattern === "string" && each.pattern === spelled(pattern));
  const name = ignoreMerges ? way?.ignoring : way?.merging;
  if (name === undefined) throw refused(`it cuts by the pattern ${shownJson(pattern)}`);
  return name;
}

/** llama.cpp normalizes nothing; composing letters (NFC) changes hardly a text. */
function checkNormalizer({ normalizer }: JsonObject): void {
  const other = stepsOf(normalizer, "normalizers").find(({ type }) => type !== "NFC");
  if (other) throw refused(`it changes texts by ${shownJson(other.type)}`);
}

/** Line breaks as signs, where a file has them as they are. */
function spelled(pattern: string): string {
  return pattern.replaceAll("\r", String.raw`\r`).replaceAll("\n", String.raw`\n`);
}

function refused(why: string): HumanError {
  return new HumanError("unsupported", `The tokenizer cuts texts in a way that llama.cpp does not know (${why}): the converted model would read other tokens than it learned.`);
}
