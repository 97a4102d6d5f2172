import { describe, expect, it } from "vitest";
import { gptqConfigOf, gridText } from "../../../../../src/core/conversion/gptq/quantConfig";
import type { GptqConfig } from "../../../../../src/core/conversion/gptq/quantConfig";
import { HumanError } from "../../../../../src/protocol/humanError";
import { floats, ints, memoryCheckpoint } from "./memoryCheckpoint";

const layer = { "layer.qweight": ints([1, 1], [0]) };
const plain = { "layer.weight": floats([1], [0]) };
const gptq = { quant_method: "gptq", bits: 4, group_size: 128, sym: true, desc_act: false };

function configOf(settings: Record<string, unknown> | undefined, tensors: Parameters<typeof memoryCheckpoint>[1] = layer): GptqConfig | undefined {
  return gptqConfigOf(memoryCheckpoint(settings, tensors));
}

/** The sentence that settings are refused with. */
function refusal(settings: Record<string, unknown>): string {
  try {
    configOf(settings);
  } catch (error) {
    if (error instanceof HumanError) return error.message;
    throw error;
  }
  return "accepted";
}

describe("the configuration of a GPTQ checkpoint", () => {
  it("is read from config.json", () => {
    expect(configOf(gptq)).toEqual({ bits: 4, groupSize: 128, symmetric: true, actOrder: false, format: "gptq", dynamic: false });
    expect(configOf({ ...gptq, bits: 3, group_size: -1, sym: false, desc_act: true, checkpoint_format: "gptq_v2", pack_dtype: "int32", dynamic: { "-:.*down.*": {} } }))
      .toEqual({ bits: 3, groupSize: -1, symmetric: false, actOrder: true, format: "gptq_v2", dynamic: true });
  });

  it("is read from quantize_config.json, which names no method", () => {
    expect(gptqConfigOf(memoryCheckpoint(undefined, layer, { bits: 4, group_size: 128, sym: true, desc_act: false, model_name_or_path: null, damp_percent: 0.1 }))).toMatchObject({ bits: 4, groupSize: 128 });
  });

  it("is absent where nothing is quantized", () => {
    expect(configOf(undefined, plain)).toBeUndefined();
  });

  it("must be there where weights are quantized, and the weights where it is", () => {
    expect(() => configOf(undefined)).toThrow('holds quantized weights ("layer.qweight") but does not say how');
    expect(() => configOf(gptq, plain)).toThrow("no tensor is named .qweight");
  });

  it("is told in words", () => {
    expect(gridText(configOf(gptq)!)).toBe("4 bit, groups of 128, symmetric");
    expect(gridText(configOf({ ...gptq, bits: 8, group_size: -1, sym: false, desc_act: true, dynamic: { a: { bits: 8 } } })!)).toBe("8 bit, one group per row, asymmetric, act-order, rules by layer");
  });

  it.each([
    [{ quant_method: "awq", bits: 4 }, "AWQ"],
    [{ w_bit: 4, q_group_size: 128, zero_point: true }, "AWQ"],
    [{ quant_method: "bitsandbytes", load_in_4bit: true }, "bitsandbytes"],
    [{ load_in_8bit: true }, "bitsandbytes"],
    [{ quant_method: "fp8" }, "FP8"],
    [{ quant_method: "compressed-tensors", format: "pack-quantized" }, "compressed-tensors"],
    [{ quant_method: "mxfp4" }, "MXFP4"],
    [{ quant_method: "gptq_marlin", bits: 4 }, "Marlin"],
    [{ quant_method: "strange\n\u001b[31m" }, '"strange��[31m"'],
  ])("refuses another method by its name: %j", (settings, name) => {
    expect(refusal(settings)).toBe(`Weights quantized with ${name} cannot be converted. Use the original in bf16 or f16, a GPTQ checkpoint (format gptq or gptq_v2), or a GGUF file.`);
  });

  it.each([
    [{ checkpoint_format: "marlin" }, "laid out for Marlin"],
    [{ is_marlin_format: true }, "laid out for Marlin"],
    [{ checkpoint_format: "bitblas" }, "laid out for BitBLAS"],
    [{ checkpoint_format: "gptq_p" }, "laid out for GPTQ in bit planes"],
    [{ format: "other" }, 'laid out for "other"'],
    [{ bits: 5 }, 'bits "5"'],
    [{ bits: "4" }, 'bits "4"'],
    [{ bits: undefined }, 'bits "missing"'],
    [{ group_size: 0 }, 'group_size "0"'],
    [{ group_size: 1e300 }, 'group_size "1e+300"'],
    [{ pack_dtype: "int64" }, 'packed in "int64"'],
    [{ rotation: "hadamard" }, 'rotated weights ("hadamard")'],
  ])("refuses %j, saying what it is", (settings, words) => {
    expect(refusal({ ...gptq, ...settings })).toContain(words);
  });

  it("says so where quantized weights name no method at all", () => {
    expect(refusal({ something: 1 })).toContain("not how (no quant_method)");
  });
});
