import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { gptqLinear, gptqPrefixes } from "../../../../../src/core/conversion/gptq/gptqLinear";
import { gptqConfigOf } from "../../../../../src/core/conversion/gptq/quantConfig";
import type { Checkpoint } from "../../../../../src/core/conversion/checkpoint";
import type { Dtype } from "../../../../../src/core/conversion/safetensors";
import { memoryCheckpoint } from "./memoryCheckpoint";

/** Made by scripts/conversion/gptqFixtures.py, which also compares them with llama.cpp's converter and gguf-py. */
interface Fixture {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: Readonly<Record<string, { readonly dtype: Dtype; readonly shape: readonly number[]; readonly data: string }>>;
  /** SHA-256 of the weights by row: 32-bit floats, halves, blocks. */
  readonly expected: { readonly floats: string; readonly halves: string; readonly type: string | null; readonly blocks: string | null; readonly firstRow: readonly number[] };
}
const fixtures = JSON.parse(readFileSync(`${import.meta.dirname}/../../../../fixtures/gptq/layers.json`, "utf8")) as readonly Fixture[];

function checkpointOf({ config, tensors }: Fixture): Checkpoint {
  const named = Object.entries(tensors).map(([part, tensor]) => [`layer.${part}`, { ...tensor, data: Buffer.from(tensor.data, "base64") }] as const);
  return memoryCheckpoint(config, Object.fromEntries(named));
}

const sha256 = (values: NodeJS.ArrayBufferView): string => createHash("sha256").update(values).digest("hex");

describe.each(fixtures)("a layer of numpy's making: $name", (fixture) => {
  const { expected } = fixture;
  const checkpoint = checkpointOf(fixture);
  const linear = async () => gptqLinear(checkpoint, gptqPrefixes(checkpoint)[0]!, gptqConfigOf(checkpoint)!);

  it("is dequantized to the same numbers", async () => {
    const layer = await linear();
    const weights = await layer.dequantized();
    expect([layer.inFeatures, layer.outFeatures]).toEqual([128, 32]);
    expect([...weights.subarray(0, 8)]).toEqual(expected.firstRow);
    expect(sha256(weights)).toBe(expected.floats);
    expect(sha256(await layer.halves())).toBe(expected.halves);
  });

  it("is repacked into the same blocks, or not at all", async () => {
    const layer = await linear();
    const repacked = await layer.repacked();
    if (expected.type === null) {
      expect(repacked).toEqual({ reason: expect.stringMatching(/^\d+ % of the blocks of 32 inputs mix groups|Q8_0 from -128/) as string });
      expect(repacked).toEqual(layer.exact);
    } else if ("bytes" in repacked) {
      expect(repacked.type).toBe(expected.type);
      expect(sha256(repacked.bytes)).toBe(expected.blocks);
    } else expect.unreachable(repacked.reason);
  });
});

describe("zeros of 0 in the format that stores them minus one", () => {
  it("are told, because programs disagree about them", async () => {
    const notes = await Promise.all(fixtures.map(async (fixture) => {
      const checkpoint = checkpointOf(fixture);
      return (await gptqLinear(checkpoint, "layer", gptqConfigOf(checkpoint)!)).notes;
    }));
    const told = fixtures.flatMap(({ name }, index) => notes[index]!.map((note) => `${name}: ${note}`));
    expect(told).toContain("4 bit, asymmetric, a zero of 0: layer: 2 of 128 zeros are stored as 15. They are read as 0, as GPTQModel means them; AutoGPTQ's kernels read 16.");
    expect(told.filter((note) => !note.includes("a zero of 0"))).toEqual([]);
  });
});
