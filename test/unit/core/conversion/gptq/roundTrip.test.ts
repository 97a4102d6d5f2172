import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gptqLinear } from "../../../../../src/core/conversion/gptq/gptqLinear";
import { fromHalves } from "../../../../../src/core/conversion/gptq/halfPrecision";
import { gptqBits, type GptqBits } from "../../../../../src/core/conversion/gptq/quantConfig";
import { halves, ints, memoryCheckpoint } from "./memoryCheckpoint";
import { restored } from "./plainBlocks";

interface Layer {
  readonly bits: GptqBits;
  /** [outFeatures][inFeatures] */
  readonly codes: readonly (readonly number[])[];
  /** [groups][outFeatures] */
  readonly zeros: readonly (readonly number[])[];
  /** Bits of halves, [groups][outFeatures]. */
  readonly scales: readonly (readonly number[])[];
  readonly groupOf: readonly number[];
  readonly format: "gptq" | "gptq_v2";
}

/** Words of 32 bits that hold the values one behind the other, lowest bits first: a number as long as all of them, cut. */
function words(values: readonly number[], bits: number): number[] {
  const stream = values.reduce((sum, value, index) => sum | (BigInt(value) << BigInt(index * bits)), 0n);
  return Array.from({ length: Math.ceil((values.length * bits) / 32) }, (_, word) => Number((stream >> BigInt(32 * word)) & 0xffffffffn));
}

const layers: fc.Arbitrary<Layer> = fc
  .record({ bits: fc.constantFrom(...gptqBits), blocks: fc.integer({ min: 1, max: 3 }), outFeatures: fc.integer({ min: 1, max: 40 }), groups: fc.integer({ min: 1, max: 4 }), format: fc.constantFrom("gptq" as const, "gptq_v2" as const), mixed: fc.boolean(), centred: fc.boolean() })
  .chain(({ bits, blocks, outFeatures, groups, format, mixed, centred }) => {
    const inFeatures = 32 * blocks;
    const most = 2 ** bits - 1;
    const middle = 2 ** (bits - 1);
    const rows = <Value>(count: number, length: number, value: fc.Arbitrary<Value>): fc.Arbitrary<Value[][]> => fc.array(fc.array(value, { minLength: length, maxLength: length }), { minLength: count, maxLength: count });
    return fc.record({
      bits: fc.constant(bits),
      codes: rows(outFeatures, inFeatures, fc.integer({ min: 0, max: most })),
      zeros: rows(groups, outFeatures, centred ? fc.constant(middle) : fc.integer({ min: 1, max: most })), // 0 has a test of its own
      scales: rows(groups, outFeatures, fc.integer({ min: 0, max: 0x6fff })),
      groupOf: fc.array(fc.integer({ min: 0, max: groups - 1 }), { minLength: inFeatures, maxLength: inFeatures }).map((list) => list.map((group, input) => (mixed ? group : list[input - (input % 32)]!))),
      format: fc.constant(format),
    });
  })
  .filter(({ groupOf, zeros }) => zeros.length === 1 || groupOf.some((group) => group > 0));

describe("any layer", () => {
  it("packed and dequantized is scale · (code − zero), and so are its blocks", async () => {
    await fc.assert(fc.asyncProperty(layers, async ({ bits, codes, zeros, scales, groupOf, format }) => {
      const columns = codes.map((row) => words(row, bits));
      const stored = zeros.map((row) => words(row.map((zero) => zero - (format === "gptq" ? 1 : 0)), bits));
      const tensors = {
        "l.qweight": ints([columns[0]!.length, codes.length], columns[0]!.flatMap((_, word) => columns.map((column) => column[word]!))),
        "l.qzeros": ints([zeros.length, stored[0]!.length], stored.flat()),
        "l.scales": halves([zeros.length, codes.length], scales.flat()),
        "l.g_idx": ints([groupOf.length], groupOf),
      };
      const layer = await gptqLinear(memoryCheckpoint({}, tensors), "l", { bits, groupSize: 32, symmetric: false, actOrder: true, format, dynamic: false });
      const values = scales.map((row) => fromHalves(Uint16Array.from(row)));
      const expected = codes.flatMap((row, output) => row.map((code, input) => values[groupOf[input]!]![output]! * (code - zeros[groupOf[input]!]![output]!) + 0));
      const weights = await layer.weights();
      expect([...weights.dequantized()].map((weight) => weight + 0)).toEqual(expected);
      const mixed = groupOf.some((group, input) => group !== groupOf[input - (input % 32)]);
      if (mixed) expect(layer.exact).toEqual({ reason: expect.stringContaining("mix groups") as string });
      else if (bits < 8) expect(layer.exact).toHaveProperty("type");
      if ("reason" in layer.exact) return;
      for (const type of layer.exact.types) expect(restored(type, weights.repacked(type)).map((weight) => weight + 0)).toEqual(expected);
    }), { numRuns: 300 });
  });
});
