import { join } from "node:path";
import type { SourceTensor } from "../../core/conversion/checkpoint";
import { objectOf } from "../../core/conversion/hyperparameters";
import { andOthers, shown, shownJson } from "../../core/conversion/shown";
import { isSafeName } from "../../core/models/safePath";
import { HumanError } from "../../protocol/humanError";
import { readJsonObject } from "./boundedFile";
import { openSafetensors } from "./safetensorsFile";

const mostIndexBytes = 64 * 2 ** 20;
const mostFiles = 1000;
const numbered = /-(\d{5})-of-(\d{5})\.safetensors$/;

/** The tensors of a checkpoint by name, in one file or in several. `names`: the files of its folder. */
export async function openWeights(folder: string, names: readonly string[]): Promise<ReadonlyMap<string, SourceTensor>> {
  const index = names.find((name) => name.endsWith(".safetensors.index.json"));
  const files = index === undefined ? filesWithoutIndex(names) : await filesOfIndex(folder, index, names);
  const tensors = new Map<string, SourceTensor>();
  for (const file of files.keys()) {
    const found = await openSafetensors(join(folder, file));
    for (const tensor of found) {
      if (tensors.has(tensor.name)) throw new HumanError("notReadable", `Two files of the checkpoint have a tensor ${shown(tensor.name)}: files of different checkpoints are mixed.`);
      tensors.set(tensor.name, tensor);
    }
    const own = new Set(found.map(({ name }) => name));
    const missing = files.get(file)!.find((name) => !own.has(name));
    if (missing !== undefined) throw new HumanError("notReadable", `${file} has no ${shown(missing)}, which ${index} says it has: they do not belong together.`);
  }
  return tensors;
}

/** Files by name, with the tensors that each must have. */
type Files = ReadonlyMap<string, readonly string[]>;

async function filesOfIndex(folder: string, index: string, names: readonly string[]): Promise<Files> {
  const files = new Map<string, string[]>();
  for (const [tensor, file] of Object.entries(objectOf((await readJsonObject(join(folder, index), mostIndexBytes))?.weight_map))) {
    if (typeof file !== "string" || !isSafeName(file)) throw new HumanError("notReadable", `${index} names a file ${shownJson(file)}, which is not one of its folder: it is damaged or forged.`);
    const known = files.get(file);
    if (known) known.push(tensor);
    else files.set(file, [tensor]);
  }
  if (files.size === 0) throw new HumanError("notReadable", `${index} names no files: it is damaged. Download it again.`);
  if (files.size > mostFiles) throw new HumanError("notReadable", `${index} names ${files.size} files, more than any checkpoint has: it is damaged.`);
  checkThere([...files.keys()], names);
  return files;
}

function filesWithoutIndex(names: readonly string[]): Files {
  const all = names.filter((name) => name.endsWith(".safetensors") && !name.startsWith("adapter_"));
  // Mistral's own format keeps the same weights once more.
  const others = all.filter((name) => !name.startsWith("consolidated"));
  const models = others.filter((name) => name.startsWith("model"));
  const files = models.length > 0 ? models : others;
  if (files.length === 0) throw noWeights(names, all.length > 0);
  if (files.length > mostFiles) throw new HumanError("notReadable", `The folder has ${files.length} .safetensors files, more than any checkpoint has.`);
  const [, , count] = numbered.exec(files[0]!) ?? [];
  if (count !== undefined) {
    const expected = Array.from({ length: Math.min(Number(count), mostFiles) }, (_, index) => files[0]!.replace(numbered, `-${String(index + 1).padStart(5, "0")}-of-${count}.safetensors`));
    checkThere(expected, names);
  } else if (files.length > 1 && models.length === 0) {
    throw new HumanError("unsupported", `The folder has ${files.length} .safetensors files and nothing says which belong together: leave those of one checkpoint in it.`);
  }
  return new Map(files.sort().map((file) => [file, []]));
}

function checkThere(files: readonly string[], names: readonly string[]): void {
  const missing = files.filter((file) => !names.includes(file));
  if (missing.length === 0) return;
  throw new HumanError("notFound", `The checkpoint has ${files.length} files, and ${missing[0]}${andOthers(missing.length)} ${missing.length > 1 ? "are" : "is"} not there: download the rest.`);
}

function noWeights(names: readonly string[], consolidated: boolean): HumanError {
  if (consolidated) return new HumanError("unsupported", "The folder has the weights in Mistral's own format (consolidated.safetensors): download model.safetensors or its parts.");
  const pickle = names.find((name) => /\.(bin|pt|pth|ckpt)$/.test(name) && !name.startsWith("training_args"));
  if (names.includes("adapter_config.json")) return new HumanError("unsupported", "The folder holds an adapter (LoRA), not a model: merge it into its base model first, and convert that.");
  if (pickle !== undefined) return new HumanError("unsupported", `The weights are kept as a Python pickle (${shown(pickle)}), which may run programs when it is read: convert the checkpoint to safetensors first, or download its safetensors version.`);
  if (names.some((name) => name.endsWith(".gguf"))) return new HumanError("unsupported", "The folder has a GGUF model: it needs no conversion.");
  return new HumanError("notFound", "The folder has no .safetensors files: a checkpoint has its weights in them. Download them.");
}
