import { type AdapterSettings, gptqTypes, type TrainSettings } from "../../protocol/compression";
import { quantTypes } from "../../protocol/model";
import { type PruneStep, type QualityGate, type QuantizeStep, type RecipeStep, stepKinds } from "../../protocol/recipe";
import { Fields } from "./fields";
import { longestPath, mostBlocks, mostTargets, ranges, targetName } from "./limits";

const known: Readonly<Record<RecipeStep["kind"], readonly string[]>> = {
  prune: ["blocks", "feedForward"],
  sparsify: ["method", "sparsity", "pattern"],
  quantize: ["level", "imatrix", "rounding"],
  distil: ["teacher", "adapter", "merge", "settings"],
  lora: ["examples", "adapter", "merge", "settings"],
  merge: ["adapter", "scale"],
};
const everyName = ["kind", "gate", ...new Set(Object.values(known).flat())];

/** `number` counts from 1. What is not given is undefined in what is returned. */
export function parseStep(value: unknown, number: number): RecipeStep {
  const kindOnly = Fields.of(value, `Step ${number}`, everyName);
  const kind = kindOnly.required("kind", kindOnly.choice("kind", stepKinds));
  const fields = Fields.of(value, `Step ${number} (${kind})`, ["kind", "gate", ...known[kind]]);
  const gate = gateOf(fields);
  switch (kind) {
    case "prune":
      return { kind, blocks: blocksOf(fields), feedForward: fields.number("feedForward", ranges.feedForward), gate };
    case "sparsify":
      return {
        kind, gate, pattern: fields.choice("pattern", ["2:4"]),
        method: fields.required("method", fields.choice("method", ["magnitude", "wanda"])),
        sparsity: fields.required("sparsity", fields.number("sparsity", ranges.sparsity)),
      };
    case "quantize":
      return quantizeOf(fields, gate);
    case "distil":
      return { kind, gate, teacher: fields.text("teacher", longestPath), adapter: adapterOf(fields), merge: fields.flag("merge"), settings: settingsOf(fields) };
    case "lora":
      return { kind, gate, examples: fields.text("examples", longestPath), adapter: fields.required("adapter", adapterOf(fields)), merge: fields.flag("merge"), settings: settingsOf(fields) };
    case "merge":
      return { kind, gate, adapter: fields.required("adapter", fields.text("adapter", longestPath)), scale: fields.required("scale", fields.number("scale", ranges.scale)) };
  }
}

function blocksOf(fields: Fields): PruneStep["blocks"] {
  const blocks = fields.raw("blocks");
  if (blocks === undefined || Array.isArray(blocks)) return fields.numbers("blocks", ranges.block, mostBlocks);
  const least = Fields.of(blocks, `${fields.place}, blocks`, ["least", "by"]);
  return {
    least: least.required("least", least.number("least", ranges.least)),
    by: least.required("by", least.choice("by", ["influence", "perplexity"])),
  };
}

function quantizeOf(fields: Fields, gate: QualityGate | undefined): QuantizeStep {
  const level = fields.required("level", fields.choice("level", quantTypes));
  const rounding = fields.choice("rounding", ["gptq"]);
  if (rounding === "gptq" && !gptqTypes.some((type) => type === level)) fields.fail("rounding", `by GPTQ is for the levels ${gptqTypes.join(", ")}, not for ${level}`);
  return { kind: "quantize", level, imatrix: fields.flag("imatrix"), rounding, gate };
}

function gateOf(step: Fields): QualityGate | undefined {
  if (step.raw("gate") === undefined) return undefined;
  const fields = Fields.of(step.raw("gate"), `${step.place}, gate`, ["maxKl", "maxPerplexity", "minAgreement", "minClauseF1", "otherwise"]);
  return {
    maxKl: fields.number("maxKl", ranges.maxKl),
    maxPerplexity: fields.number("maxPerplexity", ranges.maxPerplexity),
    minAgreement: fields.number("minAgreement", ranges.share),
    minClauseF1: fields.number("minClauseF1", ranges.share),
    otherwise: fields.required("otherwise", fields.choice("otherwise", ["stop", "ask"])),
  };
}

function adapterOf(step: Fields): AdapterSettings | undefined {
  if (step.raw("adapter") === undefined) return undefined;
  const fields = Fields.of(step.raw("adapter"), `${step.place}, adapter`, ["rank", "alpha", "targets"]);
  return {
    rank: fields.required("rank", fields.number("rank", ranges.rank)),
    alpha: fields.required("alpha", fields.number("alpha", ranges.alpha)),
    targets: fields.required("targets", fields.texts("targets", targetName, mostTargets)),
  };
}

function settingsOf(step: Fields): Partial<TrainSettings> | undefined {
  if (step.raw("settings") === undefined) return undefined;
  const names = [
    "context", "piece", "epochs", "learningRate", "warmUp", "finalRate", "weightDecay", "temperature", "hardShare", "labels", "validationShare", "validateEvery",
    "patience", "seed",
  ];
  const fields = Fields.of(step.raw("settings"), `${step.place}, settings`, names);
  return {
    context: fields.number("context", ranges.context),
    piece: fields.number("piece", ranges.piece),
    epochs: fields.number("epochs", ranges.epochs),
    learningRate: fields.number("learningRate", ranges.learningRate),
    warmUp: fields.number("warmUp", ranges.share),
    finalRate: fields.number("finalRate", ranges.share),
    weightDecay: fields.number("weightDecay", ranges.share),
    temperature: fields.number("temperature", ranges.temperature),
    hardShare: fields.number("hardShare", ranges.share),
    labels: fields.choice("labels", ["distribution", "drawn"]),
    validationShare: fields.number("validationShare", ranges.validationShare),
    validateEvery: fields.number("validateEvery", ranges.steps),
    patience: fields.number("patience", ranges.steps),
    seed: fields.number("seed", ranges.seed),
  };
}
