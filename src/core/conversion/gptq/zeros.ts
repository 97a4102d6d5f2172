import type { GptqBits, GptqConfig } from "./quantConfig";
import { unpackZeros } from "./unpack";

/** One in every field, where fields do not cross words. */
const ones: Readonly<Record<GptqBits, number | undefined>> = { 2: 0x55555555, 3: undefined, 4: 0x11111111, 8: 0x01010101 };

export interface Zeros {
  /** [outFeatures][groups], each from 0 to 2^bits − 1. */
  readonly values: Uint8Array;
  /** Zeros of the format "gptq" whose field is all ones: programs disagree about them. */
  readonly disputed: number;
}

/**
 * Zeros of a layer. "gptq_v2" stores them as they are, "gptq" minus one. A zero of 0 is then stored as all ones. GPTQModel, the
 * one that writes such files, subtracts from whole words, so the field above lends one; adding to whole words undoes both (of 3 bits,
 * it counts within each field). Source: convert_gptq_v1_to_v2_format_module of GPTQModel. AutoGPTQ's kernels and llama.cpp's
 * converter read 2^bits there, which no quantizer means.
 */
export function zerosOf(qzeros: Int32Array, bits: GptqBits, groups: number, outFeatures: number, format: GptqConfig["format"]): Zeros {
  const stored = unpackZeros(qzeros, bits, groups, outFeatures);
  if (format === "gptq_v2") return { values: stored, disputed: 0 };
  const most = (1 << bits) - 1;
  let disputed = 0;
  for (const field of stored) if (field === most) disputed++;
  const one = ones[bits];
  if (one === undefined) return { values: stored.map((field) => (field + 1) & most), disputed };
  return { values: unpackZeros(qzeros.map((word) => word + one), bits, groups, outFeatures), disputed };
}
