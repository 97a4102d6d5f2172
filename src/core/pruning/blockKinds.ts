import { HumanError } from "../../protocol/humanError";
import { architectureOf, hyperparameter, listLength, metadataString, type ParsedHeader } from "../gguf/header";

/** Blocks whose kind llama.cpp tells by their number: of each `period` neighbours the last one differs. */
interface Period {
  /** Hyperparameter that holds the period, and the period where it is absent. */
  readonly key?: string;
  readonly period: number;
  /** Hyperparameter without which (or with 0) all blocks are alike. */
  readonly needs?: string;
  /** A list with the kind of each block, which goes before the period. */
  readonly list?: string;
  /** How the last one differs. */
  readonly differs: string;
}

const window = { key: "attention.sliding_window_pattern", differs: "looks at the whole text, the others at a window of it" };
const linear = { key: "full_attention_interval", period: 4, list: "attention.recurrent_layers", differs: "has full attention, the others linear attention" };

/** Source: set_swa_pattern, full_attention_interval and n_no_rope_layer_step in src/models of llama.cpp, release v0.4.0. */
const periods: Readonly<Record<string, Period>> = {
  gemma2: { ...window, period: 2 },
  gemma3: { ...window, period: 6, needs: "attention.sliding_window" },
  cohere2: { ...window, period: 4 },
  olmo2: { ...window, period: 4, needs: "attention.sliding_window" },
  "gpt-oss": { ...window, period: 2 },
  smollm3: { period: 4, differs: "sees no positions, the others do" },
  qwen3next: linear,
  qwen35: linear,
  qwen35moe: linear,
};

/**
 * Architectures whose blocks are alike, or tell their kind by their tensors and by metadata with a value for each block. Found by
 * reading where src/models of llama.cpp, release v0.4.0, uses the number of a block. Others share keys and values between blocks, count
 * blocks to know their size, or have blocks of several kinds.
 */
const alike: ReadonlySet<string> = new Set([
  "apertus", "arcee", "arctic", "bailingmoe", "bitnet", "bloom", "chatglm", "codeshell", "command-r", "deepseek", "dots1", "dream", "ernie4_5", "exaone", "falcon", "gemma",
  "glm4", "gpt2", "gptneox", "granite", "granitemoe", "grok", "hunyuan-dense", "hunyuan-moe", "internlm2", "jais", "llada", "llama", "minicpm", "minicpm3", "mistral3", "mpt",
  "nemotron", "olmo", "olmoe", "openelm", "orion", "phi2", "phi3", "phimoe", "plamo", "plm", "qwen", "qwen2", "qwen2moe", "qwen3", "qwen3moe", "refact", "seed_oss",
  "stablelm", "starcoder", "starcoder2", "xverse",
]);

/** Gemma models of 27 B scale their attention otherwise, and llama.cpp knows them by so many blocks. */
const knownBySize: Readonly<Record<string, number>> = { gemma2: 46, gemma3: 62 };

/** Throws a HumanError where a model can be pruned neither of blocks nor of neurons. */
export function checkPrunable(header: ParsedHeader): void {
  const architecture = architectureOf(header);
  if (header.problem) throw header.problem;
  if ((hyperparameterOf(header, "split.count") ?? 1) > 1) throw new HumanError("unsupported", "This model is split into several files: join them first (llama-gguf-split --merge).");
  if ((metadataString(header, "general.type") ?? "model") !== "model") throw new HumanError("unsupported", "This file holds no model but a part of one: choose the model itself.");
  if (hyperparameter(header, "block_count") === undefined) throw new HumanError("unsupported", `This file does not say how many blocks it has, so Decant cannot prune it (architecture ${architecture}).`);
}

/** Throws a HumanError unless each block keeps its kind; `kept` are numbers in the whole model, ascending. */
export function checkKinds(header: ParsedHeader, kept: readonly number[], blocks: number): void {
  if (kept.length === blocks) return;
  const architecture = architectureOf(header);
  const pattern = periods[architecture];
  if (!pattern && !alike.has(architecture)) {
    throw new HumanError("unsupported", `Decant does not leave out blocks of ${architecture} models: what a block of theirs computes may depend on its number. Prune neurons instead, or choose another model.`);
  }
  if (knownBySize[architecture] === blocks) {
    throw new HumanError("unsupported", `llama.cpp knows a ${architecture} model of 27 B by its ${blocks} blocks and would compute its attention wrongly with fewer: prune neurons instead.`);
  }
  const period = pattern && periodOf(header, pattern);
  if (!pattern || period === undefined) return;
  const last = (block: number): boolean => block % period === period - 1;
  if (kept.every((block, index) => last(block) === last(index))) return;
  throw new HumanError(
    "unsupported",
    `Of each ${period} blocks of this ${architecture} model the last one ${pattern.differs}, and llama.cpp tells them by their number: without these blocks, later ones would be taken for the other kind. Leave out ${period} neighbours, e.g. 0 to ${period - 1}.`,
  );
}

/** Undefined where all blocks are alike, or a list says which is which. */
function periodOf(header: ParsedHeader, { key, period, needs, list }: Period): number | undefined {
  if (needs !== undefined && !hyperparameter(header, needs)) return undefined;
  const architecture = architectureOf(header);
  if (list !== undefined && listLength(header, `${architecture}.${list}`) !== undefined) return undefined;
  // llama.cpp reads a single number only; with 0 and 1 all blocks are alike.
  const said = key === undefined ? undefined : header.metadata[`${architecture}.${key}`];
  const own = typeof said === "number" || typeof said === "bigint" ? Number(said) : period;
  return own > 1 ? own : undefined;
}

function hyperparameterOf(header: ParsedHeader, key: string): number | undefined {
  const value = header.metadata[key];
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
}
