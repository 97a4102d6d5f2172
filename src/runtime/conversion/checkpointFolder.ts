import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { CheckpointFiles } from "../../core/conversion/conversionPlan";
import { modelCardOf } from "../../core/conversion/general/modelCard";
import type { TokenizerFiles } from "../../core/conversion/tokenizer/vocabulary";
import { HumanError } from "../../protocol/humanError";
import { readJsonObject, readSmall, unreadable } from "./boundedFile";
import { parseSentencePiece } from "./sentencePieceFile";
import { openWeights } from "./weightFiles";

const mebibyte = 2 ** 20;
/** Several times what the largest known files of each kind have. */
const most = { config: 16 * mebibyte, tokenizer: 256 * mebibyte, template: mebibyte, card: 16 * mebibyte };
const mostTemplates = 100;

/** Reads everything of a checkpoint but its weights. Throws a HumanError that says what is missing or wrong. */
export async function openCheckpoint(path: string): Promise<CheckpointFiles> {
  const folder = resolve(path);
  const names = await namesIn(folder);
  const config = await readJsonObject(join(folder, "config.json"), most.config);
  if (!config) throw await noConfig(names);
  const quantizeConfig = await readJsonObject(join(folder, "quantize_config.json"), most.config);
  const tensors = await openWeights(folder, names);
  return {
    checkpoint: { config, tensors, ...(quantizeConfig && { quantizeConfig }) },
    tokenizer: await tokenizerFiles(folder, names),
    folder: nameOf(folder),
    card: modelCardOf((await readSmall(join(folder, "README.md"), most.card))?.toString("utf8") ?? ""),
    // Some models have an invalid one, which is no reason to refuse them.
    generation: (await readJsonObject(join(folder, "generation_config.json"), most.config).catch(() => undefined)) ?? {},
  };
}

async function tokenizerFiles(folder: string, names: readonly string[]): Promise<TokenizerFiles> {
  const json = (name: string, bytes: number = most.config) => readJsonObject(join(folder, name), bytes);
  const model = await readSmall(join(folder, "tokenizer.model"), most.tokenizer);
  const [tokenizerJson, tokenizerConfig, addedTokens, templateJson] = [await json("tokenizer.json", most.tokenizer), await json("tokenizer_config.json"), await json("added_tokens.json"), await json("chat_template.json")];
  const sentencePiece = model && parseSentencePiece(model);
  if (model && !sentencePiece && !tokenizerJson) throw new HumanError("notReadable", "tokenizer.model is no SentencePiece model, and there is no tokenizer.json: download the tokenizer again.");
  const chatTemplate = (await readSmall(join(folder, "chat_template.jinja"), most.template))?.toString("utf8") ?? templateJson?.chat_template;
  return {
    ...(sentencePiece && { sentencePiece }), ...(tokenizerJson && { tokenizerJson }), ...(tokenizerConfig && { tokenizerConfig }), ...(addedTokens && { addedTokens }),
    tekken: names.includes("tekken.json"), chatTemplate, moreTemplates: await moreTemplates(join(folder, "additional_chat_templates")),
  };
}

async function moreTemplates(folder: string): Promise<readonly { readonly name: string; readonly template: string }[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".jinja")).sort().slice(0, mostTemplates);
  return Promise.all(names.map(async (name) => ({ name: basename(name, ".jinja"), template: (await readSmall(join(folder, name), most.template))?.toString("utf8") ?? "" })));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const status = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? new HumanError("notFound", `There is no folder ${folder}.`, { cause: error }) : unreadable(folder, error);
  });
  if (!status.isDirectory()) {
    if (folder.endsWith(".gguf")) throw new HumanError("badArgument", `${basename(folder)} is a GGUF file: it needs no conversion.`);
    throw new HumanError("badArgument", `${basename(folder)} is a file: give the folder that it lies in, with config.json and the tokenizer.`);
  }
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(folder, error);
  });
}

async function noConfig(names: readonly string[]): Promise<HumanError> {
  if (names.includes("adapter_config.json")) return new HumanError("unsupported", "The folder holds an adapter (LoRA), not a model: merge it into its base model first, and convert that.");
  if (names.includes("params.json")) return new HumanError("unsupported", "The folder has a model in its maker's own format (params.json): download the Hugging Face version, which has a config.json.");
  return new HumanError("notFound", "The folder has no config.json: a checkpoint has one beside its weights. Download it.");
}

/** The hub's cache keeps owner/name in models--owner--name/snapshots/<revision>. */
function nameOf(folder: string): string {
  const snapshots = dirname(folder);
  const repository = basename(dirname(snapshots));
  if (basename(snapshots) === "snapshots" && repository.startsWith("models--")) return repository.slice("models--".length).replaceAll("--", "/");
  return basename(folder);
}
