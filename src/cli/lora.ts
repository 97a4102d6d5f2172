import { resolve } from "node:path";
import { parseExamples } from "../core/training/trainingData";
import { HumanError } from "../protocol/humanError";
import type { TrainingData } from "../protocol/compression";
import { type Command, type Invocation, json, onePositional, optionalNumber, optionalPath, requireText, severalTexts, twoPositionals } from "./command";
import { comparedText, extractedText, inspectedText, mergedText } from "./lab/adapterText";
import { readingDetails, readingOf, readingOptions, requiredText, textsOf } from "./lab/labText";
import { runTraining } from "./lab/runTraining";
import { adapterDetails, adapterOptions, adapterSettings, trainDetails, trainOptions, trainSettings } from "./lab/trainOptions";
import { trainingOutput } from "./lab/trainingOutput";
import { progressLine, resultOf } from "./lab/workProgress";
import { checkPlace } from "./outputPlace";
import { modelFor } from "./studyOptions";
import { readTextFile } from "./textFile";

const train: Command = {
  name: "lora train",
  usage: "lora train BASE --text F… | --examples F.jsonl [--rank R] [--alpha A] [--targets a,b] [--epochs N] [--out ADAPTER] [--restart]",
  summary: "Train a LoRA adapter on texts, or on examples of how to answer",
  details: [
    "  --text F|DIR          text to learn, or a folder of texts; may be given several times",
    '  --examples F.jsonl    one a line: {"messages": […]}, {"prompt", "completion"}, {"instruction", "input", "output"} or {"text"}',
    ...adapterDetails, ...trainDetails,
    "  --out F               the adapter; without it beside the base",
  ],
  options: { ...trainOptions, ...adapterOptions, text: { type: "string", multiple: true }, examples: { type: "string" } },
  async run(invocation) {
    const asked = onePositional(invocation, "base model");
    const data = await trainingData(invocation);
    const student = await modelFor(invocation, asked);
    const adapter = await adapterSettings(invocation, student);
    const settings = trainSettings(invocation, "lora", "adapter", student.contextLength);
    const output = trainingOutput(invocation, student, optionalPath(invocation, "out"), "lora", true);
    await runTraining(invocation, { student, data, adapter, settings, output, restart: invocation.options.restart === true });
  },
};

async function trainingData(invocation: Invocation): Promise<TrainingData> {
  const file = optionalPath(invocation, "examples");
  const hasTexts = severalTexts(invocation, "text").length > 0;
  if (hasTexts === (file !== undefined)) throw new HumanError("badArgument", `Give ${hasTexts ? "either --text or --examples, not both" : "what to learn: --text F or --examples F.jsonl"}.`);
  return file === undefined ? { kind: "texts", texts: await textsOf(invocation) } : { kind: "examples", examples: parseExamples(await readTextFile(file)) };
}

const merge: Command = {
  name: "lora merge",
  usage: "lora merge BASE ADAPTER [--scale S] [--imatrix F] [--out F]",
  summary: "Make an adapter part of its model, in the model's own types: only what it changes is quantized anew",
  options: { scale: { type: "string" }, imatrix: { type: "string" }, out: { type: "string" } },
  async run(invocation) {
    const { services: { lab }, output, token } = invocation;
    const [asked, adapter] = twoPositionals(invocation, "base model", "adapter");
    const scale = scaleOf(invocation);
    const imatrix = optionalPath(invocation, "imatrix");
    const out = optionalPath(invocation, "out");
    const base = await modelFor(invocation, asked);
    checkPlace(base, out);
    const result = await resultOf(output, lab.adapters.merge({ base, adapter: resolve(adapter), scale, ...(imatrix !== undefined && { imatrix }) }, token, out), "Merging");
    output.result(invocation.json ? json(result) : mergedText(result));
  },
};

const extract: Command = {
  name: "lora extract",
  usage: "lora extract BASE TUNED --rank R|full [--seed N] [--out ADAPTER]",
  summary: "Make an adapter of what a fine-tuned model has learnt, the nearest of its rank",
  options: { rank: { type: "string" }, seed: { type: "string" }, out: { type: "string" } },
  async run(invocation) {
    const { services: { lab }, output, token } = invocation;
    const [asked, askedTuned] = twoPositionals(invocation, "base model", "fine-tuned model");
    const rank = rankOf(requireText(invocation, "rank", "16, or --rank full"));
    const seed = optionalNumber(invocation, "seed", "a whole number from 0", (value) => Number.isSafeInteger(value) && value >= 0);
    const out = optionalPath(invocation, "out");
    const [base, tuned] = [await modelFor(invocation, asked), await modelFor(invocation, askedTuned)];
    checkPlace(tuned, out);
    const result = await resultOf(output, lab.adapters.extract({ base, tuned, rank, seed }, token, out), "Extracting");
    output.result(invocation.json ? json(result) : extractedText(result));
  },
};

function rankOf(value: string): number | "full" {
  if (value.toLowerCase() === "full") return "full";
  const rank = Number(value);
  if (!Number.isInteger(rank) || rank < 1) throw new HumanError("badArgument", `--rank takes a whole number from 1, or full, not "${value}".`);
  return rank;
}

const inspect: Command = {
  name: "lora inspect",
  usage: "lora inspect ADAPTER",
  summary: "Tell what an adapter changes, and how strongly",
  options: {},
  async run(invocation) {
    const { services: { lab }, output, token } = invocation;
    const info = await lab.adapters.info(resolve(onePositional(invocation, "adapter")), token);
    output.result(invocation.json ? json(info) : inspectedText(info));
  },
};

const compare: Command = {
  name: "lora compare",
  usage: "lora compare BASE ADAPTER --text F… [--scale S] [--context N] [--chunks N]",
  summary: "Measure a model with and without an adapter on a text",
  details: readingDetails,
  options: { ...readingOptions, scale: { type: "string" } },
  async run(invocation) {
    const { services: { lab }, output, token } = invocation;
    const [asked, adapter] = twoPositionals(invocation, "base model", "adapter");
    const scale = scaleOf(invocation);
    const text = await requiredText(invocation);
    const base = await modelFor(invocation, asked);
    for await (const event of lab.adapters.compare(base, [{ path: resolve(adapter), scale }], text, token, readingOf(invocation))) {
      if (event.kind === "progress") output.progress(progressLine(`Chunk ${event.progress.chunks} of ${event.progress.totalChunks},`, event.progress.fraction));
      else output.result(invocation.json ? json({ text: text.name, ...event.result }) : comparedText(text.name, event.result));
    }
  },
};

function scaleOf(invocation: Invocation): number {
  return optionalNumber(invocation, "scale", "a number, e.g. 1 or 0.5", () => true) ?? 1;
}

export const loraCommands: readonly Command[] = [train, merge, extract, inspect, compare];
