import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { SourceTensor } from "../../src/core/conversion/checkpoint";
import { gptqLinear } from "../../src/core/conversion/gptq/gptqLinear";
import { gptqConfigOf } from "../../src/core/conversion/gptq/quantConfig";
import type { Dtype } from "../../src/core/conversion/safetensors";
import { ggmlTypeNumber } from "../../src/core/gguf/tensorTypes";
import { openNativeLibrary } from "../../src/runtime/ffi/library";

interface Fixture {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: Readonly<Record<string, { readonly dtype: Dtype; readonly shape: readonly number[]; readonly data: string }>>;
}
const fixtures = JSON.parse(readFileSync(`${import.meta.dirname}/../fixtures/gptq/layers.json`, "utf8")) as readonly Fixture[];

/** What ggml itself makes of blocks. */
function restoredByGgml(type: string, blocks: Uint8Array, weights: number): Float32Array {
  const { newMemory, copy, types } = openNativeLibrary();
  const memory = newMemory();
  try {
    const to = memory.room(4 * weights);
    types.restore(ggmlTypeNumber(type)!, memory.bytes(blocks), to, weights);
    const restored = new Float32Array(weights);
    copy(restored, to, restored.byteLength);
    return restored;
  } finally {
    memory.dispose();
  }
}

describe("repacked GPTQ layers", () => {
  const seen = new Set<string>();

  it.each(fixtures)("are restored by ggml to the numbers of GPTQ: $name", async ({ config, tensors }) => {
    const list = Object.entries(tensors).map(([part, { dtype, shape, data }]): SourceTensor => {
      const bytes = Buffer.from(data, "base64");
      return { name: `up.${part}`, dtype, shape, bytes: bytes.length, read: () => Promise.resolve(bytes) };
    });
    const checkpoint = { config: { quantization_config: config }, tensors: new Map(list.map((tensor) => [tensor.name, tensor])) };
    const layer = await gptqLinear(checkpoint, "up", gptqConfigOf(checkpoint)!);
    if ("reason" in layer.exact) return;
    const weights = await layer.weights();
    const expected = weights.dequantized();
    for (const type of layer.exact.types) {
      seen.add(type);
      const restored = restoredByGgml(type, weights.repacked(type), expected.length);
      expect(restored.findIndex((weight, index) => weight !== expected[index]), type).toBe(-1); // 0 and -0 are the same weight
    }
  });

  it("of every type", () => {
    expect([...seen].sort()).toEqual(["Q4_0", "Q4_1", "Q5_0", "Q8_0"]);
  });
});
