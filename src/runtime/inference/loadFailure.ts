import { basename } from "node:path";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { Machine } from "../../protocol/model";

export function tooLarge(path: string, need: number, machine: Machine): HumanError {
  const free = machine.freeMemory + machine.freeVideoMemory;
  return new HumanError(
    "modelTooLarge",
    `${basename(path)} needs about ${gib(need)} of memory, but this machine has ${gib(machine.totalMemory + machine.totalVideoMemory)} (${gib(free)} free). Take a smaller level, or a smaller context.`,
  );
}

/** What the library's own words about a failed load mean. The words are those of llama.cpp v0.4.0 (llama-model-loader.cpp, llama-arch.cpp). */
const meanings: readonly { readonly words: RegExp; readonly explain: (name: string, words: RegExpMatchArray) => HumanError }[] = [
  {
    words: /unknown (?:model )?architecture: '([^']*)'/i,
    explain: (name, words) => new HumanError("unsupported", `${name} has the architecture “${words[1]}”, which this release of llama.cpp cannot run. Take another model, or update Decant.`),
  },
  {
    words: /not within (?:the )?file bounds|failed to read|unexpectedly reached end of file|corrupted or incomplete/i,
    explain: (name) => new HumanError("truncated", `${name} is damaged or cut off. Download or copy it again.`),
  },
  {
    words: /missing tensor '?([^'\s]*)|wrong number of tensors|tensor '([^']*)' has wrong shape/i,
    explain: (name) => new HumanError("unsupported", `${name} does not have the tensors that its architecture needs. Convert it again, or take another model.`),
  },
  {
    words: /key not found in model: (\S+)/i,
    explain: (name, words) => new HumanError("unsupported", `${name} lacks “${words[1]}” in its header, so it cannot be run. Convert it again.`),
  },
  {
    words: /failed to (?:apply|load) lora adapter|Failed to initialize LoRA adapter/i,
    explain: (name) => new HumanError("unsupported", `An adapter could not be attached to ${name}: choose one that was made for this model, or load it without.`),
  },
  {
    words: /[KV] cache (?:type|quantization)|quantized V cache/i,
    explain: (name) => new HumanError("unsupported", `${name} cannot keep keys and values in that type: its heads do not divide into blocks, or it has no flash attention. Keep them as F16.`),
  },
  {
    words: /unknown pre-tokenizer type: '([^']*)'/i,
    explain: (name, words) => new HumanError("unsupported", `${name} has the tokenizer “${words[1]}”, which this release of llama.cpp does not know. Take another model, or update Decant.`),
  },
];

/** The sentence for a load that failed after its header was found good. Memory is in bytes. */
export function loadFailure(path: string, error: unknown, complaints: readonly string[], need: number, machine: Machine): HumanError {
  if (error instanceof HumanError) return error;
  const words = [sentenceOf(error), ...complaints].join("\n");
  for (const { words: pattern, explain } of meanings) {
    const found = words.match(pattern);
    if (found) return explain(basename(path), found);
  }
  if (/insufficient memory|too large for|unable to allocate|failed to allocate|out of memory|not enough (?:v?ram|memory)/i.test(words)) {
    return tooLarge(path, need, machine);
  }
  // The first complaint names the cause, later ones only say that it failed.
  const cause = (complaints[0] ?? sentenceOf(error)).replace(/^.*error loading model: /, "");
  return new HumanError("failed", `${basename(path)} could not be loaded (${cause.slice(0, 200)}). Take another model; the log tells more.`, { cause: error });
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
