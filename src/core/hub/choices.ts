import type { HubChoice, HubFile } from "../../protocol/hub";
import { quantTypes, type QuantType } from "../../protocol/model";
import { plainText, safeRelativePath } from "../models/safePath";
import { shardKey, shardOf } from "../models/shards";
import { checkpointFilesOf } from "./checkpointFiles";
import { levelOfName } from "./levelOfName";
import { type Quantization, quantizationLabel } from "./quantization";

/** What is known of a repository's checkpoint besides its files. */
export interface CheckpointFacts {
  readonly quantization?: Quantization;
  /** Of the weights, the most common first, e.g. "BF16". */
  readonly weightTypes: readonly string[];
}

/**
 * What can be taken from a repository, the smallest first, models before what belongs to them: each GGUF file, all parts
 * of a split one together, and the checkpoint. Importance matrices are no choice.
 */
export function choicesOf(files: readonly HubFile[], facts: CheckpointFacts): readonly HubChoice[] {
  const groups = new Map<string, HubFile[]>();
  for (const file of files) {
    if (!/\.gguf$/i.test(file.path) || isMatrix(file.path)) continue;
    const shard = shardOf(file.path);
    const key = shard ? shardKey(shard) : file.path;
    const group = groups.get(key);
    if (group) group.push(file);
    else groups.set(key, [file]);
  }
  const checkpoint = checkpointChoice(files, facts);
  const choices = [...[...groups.values()].map(ggufChoice), ...(checkpoint ? [checkpoint] : [])];
  return apart(told(choices)).sort((a, b) => order(a) - order(b) || a.bytes - b.bytes);
}

/** "…Q4_K_M-imatrix.gguf" is a model that was made with one. */
function isMatrix(path: string): boolean {
  const name = path.split("/").at(-1)!;
  return /\.imatrix\.gguf$/i.test(name) || /^imatrix/i.test(name) || (/[-_]imatrix\.gguf$/i.test(name) && levelOfName(name) === undefined);
}

function ggufChoice(group: readonly HubFile[]): HubChoice {
  const files = [...group].sort((a, b) => (a.path < b.path ? -1 : 1));
  const first = files[0]!;
  const shard = shardOf(first.path);
  const name = first.path.split("/").at(-1)!;
  const level = levelOfName(shard ? `${shard.stem}.gguf` : first.path);
  const role = /mmproj/i.test(name) ? "projector" : /(^|[-._])(lora|adapter)([-._]|$)/i.test(name) ? "adapter" : "model";
  const prefix = role === "projector" ? "Projector " : role === "adapter" ? "Adapter " : "";
  const label = level?.text ?? (prefix ? "" : plainText(name.replace(/\.gguf$/i, ""), 80));
  return {
    id: first.path,
    label: `${prefix}${label}`.trim() + (files.length > 1 ? ` in ${files.length} parts` : ""),
    format: "gguf",
    level: level?.level ?? "unknown",
    role,
    bytes: sum(files),
    files,
    problem: problemOfPaths(files) ?? (shard && problemOfParts(files, shard.count)),
  };
}

function problemOfParts(files: readonly HubFile[], parts: number): string | undefined {
  const there = new Set(files.map(({ path }) => shardOf(path)!.index));
  let missing = 1;
  while (there.has(missing)) missing++;
  return missing > parts ? undefined : `Part ${missing} of ${parts} is missing in the repository.`;
}

function checkpointChoice(files: readonly HubFile[], { quantization, weightTypes }: CheckpointFacts): HubChoice | undefined {
  const checkpoint = checkpointFilesOf(files);
  if (!checkpoint) return undefined;
  const all = [...checkpoint.weights, ...checkpoint.others];
  const gptq = quantization?.method === "gptq";
  const type = weightTypes[0];
  return {
    id: "checkpoint",
    label: quantization ? quantizationLabel(quantization) : ["safetensors", type].filter(Boolean).join(" "),
    format: gptq ? "gptq" : "safetensors",
    level: quantization ? "unknown" : levelOfType(type),
    role: "model",
    bytes: sum(all),
    files: all,
    problem: problemOfPaths(all) ?? problemOfCheckpoint(all, quantization),
  };
}

function problemOfCheckpoint(files: readonly HubFile[], quantization: Quantization | undefined): string | undefined {
  if (quantization && quantization.method !== "gptq") {
    return `Its weights are quantized by ${quantization.method.toUpperCase()}, which cannot be converted: take a GGUF file, a GPTQ checkpoint, or one in bf16 or f16.`;
  }
  if (!files.some(({ path }) => path === "config.json")) return "It has no config.json, so it cannot be converted: it may be a part of something else.";
  return undefined;
}

function problemOfPaths(files: readonly HubFile[]): string | undefined {
  const unsafe = files.find(({ path }) => safeRelativePath(path) === undefined);
  return unsafe && `Its name, "${plainText(unsafe.path, 80)}", is none that a file may safely have here, so it is not fetched.`;
}

/** Names that many disks cannot keep apart: the second one would meet the first one's file. */
function apart(choices: readonly HubChoice[]): HubChoice[] {
  const seen = new Map<string, string>();
  return choices.map((choice) => {
    for (const { path } of choice.files) {
      const folded = path.normalize("NFC").toLowerCase();
      const other = seen.get(folded) ?? path;
      seen.set(folded, other);
      if (other !== path) return { ...choice, problem: choice.problem ?? `The repository has ${plainText(path, 80)} and ${plainText(other, 80)}: many disks cannot keep these names apart, so it is not fetched.` };
    }
    return choice;
  });
}

/** Choices of one label are told apart by the names of their files. */
function told(choices: readonly HubChoice[]): HubChoice[] {
  const seen = new Map<string, number>();
  for (const { label } of choices) seen.set(label, (seen.get(label) ?? 0) + 1);
  return choices.map((choice) => ((seen.get(choice.label) ?? 0) > 1 ? { ...choice, label: `${choice.label} (${plainText(choice.id, 80)})` } : choice));
}

function levelOfType(type: string | undefined): QuantType | "unknown" {
  return quantTypes.find((level) => level === type) ?? "unknown";
}

function order({ role, problem }: HubChoice): number {
  return ["model", "projector", "adapter"].indexOf(role) + (problem ? 3 : 0);
}

function sum(files: readonly HubFile[]): number {
  return files.reduce((total, { bytes }) => total + bytes, 0);
}
