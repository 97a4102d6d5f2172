import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { BlockType } from "../../src/core/conversion/gptq/blocks";
import { fromHalves } from "../../src/core/conversion/gptq/halfPrecision";
import { convert } from "../../src/runtime/conversion/converter";
import { measure } from "../../src/runtime/evaluation/evaluator";
import { readGgufLayout } from "../../src/runtime/gguf/ggufLayout";
import { writeCheckpoint, type CheckpointFamily, type CheckpointTensor, type CheckpointTensors } from "../checkpoint";
import { gptqLayer } from "../gptqLayer";
import { restored } from "../unit/core/conversion/gptq/plainBlocks";
import { readGguf } from "./sampleCheckpoint";

const folder = mkdtempSync(join(tmpdir(), "decant-gptq-families-"));
const never = new AbortController().signal;

function withGptq(tensors: CheckpointTensors): CheckpointTensors {
  const changed: Record<string, CheckpointTensor> = { ...tensors };
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    if (!name.endsWith("_proj.weight")) continue;
    delete changed[name];
    const { parts } = gptqLayer(fromHalves(new Uint16Array(new Uint8Array(data).buffer)), shape[1]!, { bits: 4, groupSize: 32, symmetric: true });
    for (const [part, tensor] of Object.entries(parts)) changed[name.replace("weight", part)] = tensor;
    changed[name.replace("weight", "bias")] ??= { dtype: "F16", shape: [shape[0]!], data: new Uint8Array(2 * shape[0]!) };
  }
  return changed;
}

function checkpointOf(family: CheckpointFamily): string {
  const settings = { quant_method: "gptq", bits: 4, group_size: 32, sym: true, desc_act: false };
  return writeCheckpoint(join(folder, family), { family, dtype: "F16", config: { quantization_config: settings }, tensors: withGptq });
}

const matrix = /^blk\.\d+\.(attn|ffn)_(q|k|v|qkv|output|gate|up|down)\.weight$/;

it.each(["llama", "qwen2", "qwen3", "phi3", "gemma2", "gemma3"] as const)("a %s that AutoGPTQ gave zero biases is converted and can be loaded", async (family) => {
  const { path, notes } = await convert({ input: checkpointOf(family), output: join(folder, `${family}.gguf`), type: "auto" }, () => {}, never);
  const types = new Set(readGgufLayout(path).tensors.filter(({ name }) => matrix.test(name)).map((tensor) => tensor.type));
  expect([...types], notes.join(" ")).toEqual(["Q4_0"]);
  const { rows } = await measure({ base: path, variants: [], text: "the in a ".repeat(100), context: 32, chunks: 1, threads: 1, generation: false }, () => {}, never);
  expect(rows[0]!.perplexity.value).toBeGreaterThan(1);
});

it("is kept exactly as Q8_0 too, where that is asked for", async () => {
  const [small, large] = await Promise.all((["auto", "Q8_0"] as const).map((type) => convert({ input: checkpointOf("qwen3"), output: join(folder, `exact-${type}.gguf`), type }, () => {}, never)));
  const numbers = ({ path }: { readonly path: string }): readonly number[] => {
    const { bytes, header } = readGguf(path);
    const { type, offset, bytes: length } = header.tensors.find(({ name }) => name === "blk.1.ffn_down.weight")!;
    return restored(type as BlockType, new Uint8Array(bytes.subarray(header.dataOffset + offset, header.dataOffset + offset + length)));
  };
  expect(large!.type).toBe("Q8_0");
  const expected = numbers(small!);
  expect(numbers(large!).findIndex((weight, index) => weight !== expected[index])).toBe(-1);
  expect(expected).toHaveLength(64 * 96);
});
