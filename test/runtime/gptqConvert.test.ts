import { mkdtempSync, openSync, readSync, closeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { fromHalves } from "../../src/core/conversion/gptq/halfPrecision";
import { ggmlTypeNumber } from "../../src/core/gguf/tensorTypes";
import type { ConversionResult, MeasuredRow } from "../../src/protocol/model";
import type { ConversionType } from "../../src/protocol/rpc";
import { convert } from "../../src/runtime/conversion/converter";
import { quantize } from "../../src/runtime/compression/quantizer";
import { measure } from "../../src/runtime/evaluation/evaluator";
import { openNativeLibrary } from "../../src/runtime/ffi/library";
import { readGgufLayout } from "../../src/runtime/gguf/ggufLayout";
import type { CheckpointTensors } from "../checkpoint";
import { gptqLayer, type GptqOptions } from "../gptqLayer";
import { contract } from "./contract";
import { sampleTensors, writeSampleCheckpoint } from "./sampleCheckpoint";

/** The sample model's layers quantized by plain rounding, converted, and beside it the same model with the weights that GPTQ means. */
const folder = mkdtempSync(join(tmpdir(), "decant-gptq-"));
const never = new AbortController().signal;
const sample = sampleTensors();

interface Quantized {
  /** Folder of the GPTQ checkpoint. */
  readonly packed: string;
  /** Folder of a checkpoint in F32 that holds scale · (code − zero). */
  readonly plain: string;
}

function quantized(name: string, options: Omit<GptqOptions, "order">, actOrder = false): Quantized {
  const packed: Record<string, CheckpointTensors[string]> = {};
  const plain: Record<string, CheckpointTensors[string]> = {};
  for (const [source, tensor] of Object.entries(sample)) {
    if (!source.includes("_proj")) {
      packed[source] = plain[source] = tensor;
      continue;
    }
    const inputs = tensor.shape[1]!;
    const order = actOrder ? Array.from({ length: inputs }, (_, place) => (place * 37) % inputs) : undefined; // 37 divides no width of the sample
    const layer = gptqLayer(fromHalves(new Uint16Array(new Uint8Array(tensor.data).buffer)), inputs, { ...options, order });
    for (const [part, content] of Object.entries(layer.parts)) packed[source.replace("weight", part)] = content;
    plain[source] = { dtype: "F32", shape: tensor.shape, data: new Uint8Array(layer.dequantized.buffer) };
  }
  const settings = { quant_method: "gptq", bits: options.bits, group_size: options.groupSize, sym: options.symmetric, desc_act: actOrder, checkpoint_format: "gptq" };
  return {
    packed: writeSampleCheckpoint(join(folder, `${name}-gptq`), packed, { quantization_config: settings }),
    plain: writeSampleCheckpoint(join(folder, `${name}-plain`), plain),
  };
}

function converted(input: string, type: ConversionType): Promise<ConversionResult> {
  return convert({ input, output: `${input}-${type}.gguf`, type }, () => {}, never);
}

/** The weights of every matrix of a file, restored by ggml. */
function matrices(path: string): ReadonlyMap<string, Float32Array> {
  const { tensors, dataOffset } = readGgufLayout(path);
  const { newMemory, copy, types } = openNativeLibrary();
  const memory = newMemory();
  const file = openSync(path, "r");
  try {
    return new Map(tensors.filter(({ name }) => name.startsWith("blk.") && !name.includes("norm")).map(({ name, type, shape, offset, bytes }) => {
      const stored = Buffer.alloc(bytes);
      readSync(file, stored, 0, bytes, dataOffset + offset);
      const weights = new Float32Array(shape.reduce((product, count) => product * count, 1));
      const to = memory.room(weights.byteLength);
      types.restore(ggmlTypeNumber(type)!, memory.bytes(stored), to, weights.length);
      copy(weights, to, weights.byteLength);
      return [name, weights];
    }));
  } finally {
    closeSync(file);
    memory.dispose();
  }
}

/** Weights that differ; 0 and -0 are the same. */
function different(a: string, b: string): number {
  const [first, second] = [matrices(a), matrices(b)];
  expect([...first.keys()]).toEqual([...second.keys()]);
  let count = 0;
  for (const [name, weights] of first) {
    const others = second.get(name)!;
    for (let index = 0; index < weights.length; index++) if (weights[index] !== others[index]) count++;
  }
  return count;
}

async function measured(base: string, variant: string): Promise<readonly [MeasuredRow, MeasuredRow]> {
  const { rows } = await measure({ base, variants: [variant], text: contract.repeat(2), context: 128, threads: 1, generation: false }, () => {}, never);
  return [rows[0]!, rows[1]!];
}

describe.each([
  ["Q4_0", { bits: 4, groupSize: 128, symmetric: true }],
  ["Q4_0", { bits: 4, groupSize: 32, symmetric: true }],
  ["Q5_0", { bits: 4, groupSize: 128, symmetric: false }],
  ["Q8_0", { bits: 8, groupSize: 64, symmetric: true }],
  ["Q4_0", { bits: 2, groupSize: 64, symmetric: false }],
] as const)("a GPTQ checkpoint that becomes %s: %j", (type, options) => {
  it("holds the very numbers, restored by ggml", async () => {
    const { packed, plain } = quantized(Object.values(options).join("-"), options);
    const repacked = await converted(packed, "auto");
    expect(repacked).toMatchObject({ type, notes: [] });
    expect(different(repacked.path, (await converted(plain, "F32")).path)).toBe(0);
  });
});

describe("a GPTQ checkpoint of 4 bit, symmetric", () => {
  const options = { bits: 4, groupSize: 128, symmetric: true } as const;
  let packed: string;
  let original: string;
  beforeAll(async () => {
    const folders = quantized("logits", options);
    packed = folders.packed;
    ({ path: original } = await converted(folders.plain, "F32"));
  });

  it("gives the same logits where it is dequantized", async () => {
    const { path } = await converted(packed, "F32");
    expect(different(path, original)).toBe(0);
    const [base, row] = await measured(original, path);
    expect(row).toMatchObject({ perplexity: base.perplexity, kl: { mean: 0 }, top1Agreement: 1 });
  });

  it("gives nearly the same ones where it is repacked: the weights are equal, but llama.cpp rounds what meets blocks to 8 bits", async () => {
    const { path } = await converted(packed, "auto");
    const [base, row] = await measured(original, path);
    expect(row.kl!.mean).toBeLessThan(3e-4);
    expect(row.perplexity.value / base.perplexity.value).toBeCloseTo(1, 2);
    // A second quantization costs far more.
    const { path: again } = await quantize({ input: original, output: join(folder, "again-Q4_0.gguf"), recipe: { type: "Q4_0", tensorTypes: { "token_embd.weight": "F32" } }, threads: 1 }, () => {}, never);
    const [, second] = await measured(original, again);
    expect(second.kl!.mean).toBeGreaterThan(20 * row.kl!.mean);
  });
});

describe("a GPTQ checkpoint in act-order", () => {
  it("is dequantized to F16, and says why", async () => {
    const { packed, plain } = quantized("order", { bits: 4, groupSize: 32, symmetric: true }, true);
    const dequantized = await converted(packed, "auto");
    expect(dequantized.type).toBe("F16");
    expect(dequantized.gptq).toBe("4 bit, groups of 32, symmetric, act-order");
    expect(dequantized.notes.join(" ")).toContain("100 % of the blocks of 32 inputs mix groups");
    const { path: original } = await converted(plain, "F16");
    expect(different(dequantized.path, original)).toBe(0);
  });
});
