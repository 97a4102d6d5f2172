import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { machinePreset, machinePresets, ownMachine } from "../core/fit/machines";
import { resolveQuantType } from "../core/gguf/quantLevels";
import { HumanError } from "../protocol/humanError";
import { type CacheType, cacheTypes, type Machine, type ModelFile } from "../protocol/model";
import { type RowKey, type Stake, type Task, tasks } from "../protocol/panels";
import type { StudyText } from "../services/tradeoffs/ground";
import type { TradeoffStudy } from "../services/tradeoffs/study";
import { type Invocation, optionalCount } from "./command";
import { readTexts } from "./textFolder";

/** Options that the commands around tradeoffs share. */
export const machineOptions = { machine: { type: "string" }, context: { type: "string" }, cache: { type: "string" } } as const;
export const studyOptions = {
  ...machineOptions,
  text: { type: "string" }, imatrix: { type: "string" }, chunks: { type: "string" }, "chunk-tokens": { type: "string" }, labels: { type: "string" },
} as const;

/** A model by its file, or by a name that Ollama knows it by, as "models" prints them. */
export async function modelFor(invocation: Invocation, asked: string): Promise<ModelFile> {
  const model = (await ollamaModel(invocation, asked)) ?? (await invocation.services.library([]).describe(resolve(asked)));
  if (model.problem) throw new HumanError("notGguf", model.problem);
  return model;
}

/** Undefined for a file's name; a file of that name comes first. */
export async function ollamaModel({ services }: Invocation, asked: string): Promise<ModelFile | undefined> {
  if (!/^\w[\w./-]*:[\w.-]+$/.test(asked) || existsSync(asked)) return undefined;
  const found = (await services.library([], ["ollama"]).files()).find(({ name }) => name?.split(", ").includes(asked));
  if (!found) throw new HumanError("notFound", `There is no file ${asked}, and Ollama has no model of that name here: "models" lists what there is.`);
  return found;
}

/** Opens a study of a model with everything that the options ask for. */
export async function openStudy(invocation: Invocation, path: string): Promise<TradeoffStudy> {
  const { services, options, token, output } = invocation;
  const model = await modelFor(invocation, path);
  const text = typeof options.text === "string" ? await textAt(options.text) : await services.sampleText();
  const study = services.study(model, text, {
    chunks: optionalCount(invocation, "chunks"), chunkTokens: optionalCount(invocation, "chunk-tokens"),
    ...(typeof options.labels === "string" && { labels: resolve(options.labels) }),
  });
  study.onDidChange(() => {
    const { progress } = study.snapshot;
    if (progress) output.progress(`${progress.label} ${Math.round(100 * progress.fraction)} %`);
  });
  const context = optionalCount(invocation, "context");
  const cache = cacheOf(options.cache);
  if (context !== undefined) study.machine.context = context;
  if (cache) study.machine.cacheType = cache;
  const machine = machineOf(options.machine);
  if (machine) study.setOwnMachine(machine.label, machine.machine);
  await study.open(token, typeof options.imatrix === "string" ? await services.runtime.imatrix(resolve(options.imatrix), token) : undefined);
  if (token.isCancellationRequested) throw HumanError.cancelled();
  const { problem } = study.snapshot;
  if (problem) throw new HumanError("failed", problem);
  return study;
}

/** A document, or all text files of a folder one after the other. */
async function textAt(path: string): Promise<StudyText> {
  const texts = await readTexts([path]);
  const [only] = texts;
  if (texts.length === 1 && only) return { name: only.name, kind: "document", text: only.text };
  return { name: `${texts.length} documents of ${path}`, kind: "folder", text: texts.map(({ text }) => text).join("\n\n") };
}

/** "desktop-24-64", or gigabytes of video memory and RAM as "24+64"; undefined is this machine. */
export function machineOf(value: string | boolean | undefined): { readonly label: string; readonly machine: Machine } | undefined {
  if (typeof value !== "string") return undefined;
  const preset = machinePreset(value);
  if (preset) return preset;
  const own = /^(\d+(?:\.\d+)?)\+(\d+(?:\.\d+)?)$/.exec(value);
  if (own && Number(own[2]) > 0) return { label: `${own[1]} GB VRAM and ${own[2]} GB RAM`, machine: ownMachine(Number(own[2]), Number(own[1])) };
  throw new HumanError("badArgument", `--machine takes ${machinePresets.map(({ id }) => id).join(", ")}, or gigabytes of VRAM and RAM as 24+64, not "${value}".`);
}

export function cacheOf(value: string | boolean | undefined, option = "cache"): CacheType | undefined {
  if (typeof value !== "string") return undefined;
  const type = cacheTypes.find((candidate) => candidate === value.toUpperCase());
  if (!type) throw new HumanError("badArgument", `--${option} takes ${cacheTypes.join(", ")}, not "${value}".`);
  return type;
}

export function taskOf(value: string | boolean | undefined): Task {
  const task = tasks.find((candidate) => candidate === (value ?? "analysis"));
  if (!task) throw new HumanError("badArgument", `--task takes ${tasks.join(", ")}, not "${String(value)}".`);
  return task;
}

export function stakeOf(value: string | boolean | undefined): Stake {
  if (value !== undefined && value !== "important" && value !== "draft") throw new HumanError("badArgument", `--stake takes important or draft, not "${String(value)}".`);
  return value ?? "important";
}

/** Rows named by levels, or all that can be made. */
export function keysOf(study: TradeoffStudy, asked: string): readonly RowKey[] {
  const possible = study.snapshot.rows.filter(({ kind, size, problem }) => kind !== "base" && size && !problem).map(({ key }) => key);
  if (asked === "all") return possible;
  return asked.split(",").map((name) => {
    const type = resolveQuantType(name);
    if (!type) throw new HumanError("badArgument", `"${name}" is no level: take names such as Q4_K_M, separated by commas, or all.`);
    if (!possible.includes(type)) throw new HumanError("badArgument", study.snapshot.rows.find(({ key }) => key === type)?.problem ?? `${type} is not smaller than this model.`);
    return type;
  });
}
