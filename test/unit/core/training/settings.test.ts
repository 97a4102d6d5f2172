import { describe, expect, it } from "vitest";
import type { TensorInfo } from "../../../../src/core/gguf/header";
import { adapterPairs, checkAdapterSettings, defaultTargets, initialValues, learnableRoles } from "../../../../src/core/training/adapterFile";
import { targetNotes, targetsFor } from "../../../../src/core/training/adapterTargets";
import { checkTrainSettings, defaultTrainSettings } from "../../../../src/core/training/defaultSettings";
import { underivable } from "../../../../src/core/training/differentiable";
import { Random } from "../../../../src/core/training/random";

const tensor = (name: string, ...shape: number[]): TensorInfo => ({ name, type: "F16", shape, bytes: 0, offset: 0 });
const tensors = [
  tensor("token_embd.weight", 8, 100), tensor("blk.0.attn_norm.weight", 8), tensor("blk.0.attn_q.weight", 8, 12), tensor("blk.0.attn_k.weight", 8, 4), tensor("blk.0.ffn_down.weight", 16, 8),
];

describe("settings", () => {
  it("defaults are sound, for short models too", () => {
    for (const kind of ["distil", "lora"] as const) for (const weights of ["adapter", "all"] as const) checkTrainSettings(defaultTrainSettings(kind, weights, 4096));
    expect(defaultTrainSettings("distil", "all", 128).context).toBe(128);
  });

  it.each([
    [{ context: 1 }, /context must be between 2/],
    [{ context: 200_000 }, /context must be between 2 and 131072/],
    [{ epochs: 1001 }, /epochs must be between 1 and 1000/],
    [{ context: 2.5 }, /whole number/],
    [{ piece: 100 }, /no multiple of 100/],
    [{ piece: 128 }, /distributions .* one piece/],
    [{ epochs: 0 }, /epochs/],
    [{ learningRate: 0 }, /learning rate/],
    [{ learningRate: NaN }, /learning rate/],
    [{ temperature: 0 }, /temperature/],
    [{ hardShare: 1.1 }, /true tokens/],
    [{ validationShare: 1 }, /validation/],
    [{ patience: 0 }, /patience/],
    [{ seed: -1 }, /seed/],
  ])("%j is refused", (change, sentence) => {
    expect(() => checkTrainSettings({ ...defaultTrainSettings("lora", "all", 256), ...change })).toThrow(sentence);
  });

  it("drawn labels take pieces", () => {
    checkTrainSettings({ ...defaultTrainSettings("distil", "all", 256), labels: "drawn", piece: 64 });
  });
});

describe("an adapter", () => {
  it("has a pair for each matrix of its targets", () => {
    expect(adapterPairs(tensors, ["attn_q", "ffn_down", "attn_norm"], 2)).toEqual([
      { a: { name: "blk.0.attn_q.weight.lora_a", type: "F32", shape: [8, 2] }, b: { name: "blk.0.attn_q.weight.lora_b", type: "F32", shape: [2, 12] } },
      { a: { name: "blk.0.ffn_down.weight.lora_a", type: "F32", shape: [16, 2] }, b: { name: "blk.0.ffn_down.weight.lora_b", type: "F32", shape: [2, 8] } },
    ]);
  });

  it("targets what the model has and gradients reach", () => {
    expect(learnableRoles(tensors)).toEqual(["attn_q", "ffn_down"]);
    expect(defaultTargets).not.toContain("attn_k");
    const settings = { rank: 2, alpha: 4, targets: ["attn_q"] };
    checkAdapterSettings(tensors, settings);
    expect(() => checkAdapterSettings(tensors, { ...settings, targets: ["attn_k"] })).toThrow(/attn_k cannot learn.*attn_q, ffn_down/);
    expect(() => checkAdapterSettings(tensors, { ...settings, targets: ["ffn_gate"] })).toThrow(/no matrices called “ffn_gate”/);
    expect(() => checkAdapterSettings(tensors, { ...settings, targets: [] })).toThrow(/at least one target/);
    expect(() => checkAdapterSettings(tensors, { ...settings, rank: 9 })).toThrow(/from 1 to 8/);
    expect(() => checkAdapterSettings(tensors, { ...settings, alpha: 0 })).toThrow(/alpha/);
    expect(() => checkAdapterSettings(tensors, { ...settings, alpha: 20_000 })).toThrow(/at most 10000/);
    expect(() => checkAdapterSettings([tensor("blk.0.attn_q.weight", 4096, 4096)], { ...settings, rank: 2000 })).toThrow(/from 1 to 1024/);
  });

  it("takes what the model has of the usual targets, or of those that are named", () => {
    expect(targetsFor(tensors)).toEqual(["attn_q", "ffn_down"]);
    expect(targetsFor([tensor("blk.0.ssm_in.weight", 8, 8)])).toEqual(["ssm_in"]);
    expect(targetsFor(tensors, ["ffn_gate", "ffn_down", "ssm_in"])).toEqual(["ffn_down", "ssm_in"]);
    expect(targetNotes(["ffn_gate", "ffn_down"], ["ffn_down"])).toEqual(["The model has no matrices ffn_gate: the adapter changes ffn_down."]);
    expect(targetNotes(["ffn_down"], ["ffn_down"])).toEqual([]);
    expect(() => checkAdapterSettings(tensors, { rank: 2, alpha: 4, targets: targetsFor(tensors, ["ffn_gate"]) })).toThrow(/at least one target: attn_q, ffn_down/);
  });

  it("changes nothing at first", () => {
    const a = initialValues({ name: "x.lora_a", type: "F32", shape: [16, 4] }, new Random(1));
    expect(a.every((value) => Math.abs(value) <= 0.25 && value !== 0)).toBe(true);
    expect([...initialValues({ name: "x.lora_b", type: "F32", shape: [4, 2] }, new Random(1))]).toEqual(new Array(8).fill(0));
  });
});

it("knows what has no backward pass", () => {
  expect(underivable("MUL_MAT", 2)).toBe(false);
  expect(underivable("SWIGLU", 2)).toBe(false);
  expect(underivable("SWIGLU", 1)).toBe(true);
  expect(underivable("GEGLU", 2)).toBe(true);
  expect(underivable("MUL_MAT_ID", 3)).toBe(true);
});
