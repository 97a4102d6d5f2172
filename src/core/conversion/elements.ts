import { fromHalves, toHalves } from "./gptq/halfPrecision";
import { quantizeQ8 } from "./quantizeQ8";
import type { Dtype } from "./safetensors";

/** What weights are kept as in checkpoints that can be converted. */
export const floatTypes = ["F32", "F16", "BF16"] as const;
export type FloatType = (typeof floatTypes)[number];
export type WrittenType = FloatType | "Q8_0";

/** Exponent bits, all ones in what is no number or infinite. */
const exponents = { F32: 0x7f800000, F16: 0x7c00, BF16: 0x7f80 } as const;

export function isFloatType(dtype: Dtype | string): dtype is FloatType {
  return (floatTypes as readonly string[]).includes(dtype);
}

/** Numbers of a checkpoint, little-endian, as 32-bit floats. Exact. */
export function toFloats(bytes: Uint8Array, from: FloatType): Float32Array {
  const own = alignedTo(bytes, from === "F32" ? 4 : 2);
  if (from === "F32") return new Float32Array(own.buffer, own.byteOffset, own.byteLength / 4);
  const halves = new Uint16Array(own.buffer, own.byteOffset, own.byteLength / 2);
  if (from === "F16") return fromHalves(halves);
  const bits = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index++) bits[index] = halves[index]! << 16;
  return new Float32Array(bits.buffer);
}

/** 32-bit floats in another type, rounded to nearest, ties to even. Rows of Q8_0 divide into blocks of 32. */
export function fromFloats(values: Float32Array, to: WrittenType): Uint8Array {
  switch (to) {
    case "F32": return bytesOf(values);
    case "F16": return bytesOf(toHalves(values));
    case "BF16": return bytesOf(toBrainFloats(values));
    case "Q8_0": return quantizeQ8(values);
  }
}

/** Whether numbers of a type are all finite. Those of 16 bits are looked at two by two. */
export function allFinite(bytes: Uint8Array, type: FloatType): boolean {
  const own = alignedTo(bytes, 4);
  const words = new Uint32Array(own.buffer, own.byteOffset, own.byteLength >>> 2);
  const low = exponents[type];
  const high = type === "F32" ? low : low << 16;
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if ((word & low) === low || (word & high) === high) return false;
  }
  const rest = own.byteLength & 3;
  return rest === 0 || (((own.at(-1)! << 8) | own.at(-2)!) & low) !== low;
}

/**
 * Turns numbers of one type into another. Between types of 16 bits there are only 65,536 answers, which are kept: that is
 * several times faster than rounding each weight.
 */
export class ElementConverter {
  readonly #answers = new Map<string, Uint16Array>();

  convert(bytes: Uint8Array, from: FloatType, to: WrittenType): Uint8Array {
    if (from === to) return bytes;
    if (from === "F32" || to === "F32" || to === "Q8_0") return fromFloats(toFloats(bytes, from), to);
    const own = alignedTo(bytes, 2);
    const source = new Uint16Array(own.buffer, own.byteOffset, own.byteLength / 2);
    const answers = this.#answersOf(from, to);
    const converted = new Uint16Array(source.length);
    for (let index = 0; index < source.length; index++) converted[index] = answers[source[index]!]!;
    return bytesOf(converted);
  }

  #answersOf(from: FloatType, to: WrittenType): Uint16Array {
    const key = `${from} ${to}`;
    const known = this.#answers.get(key);
    if (known) return known;
    const every = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
    const answers = new Uint16Array(fromFloats(toFloats(bytesOf(every), from), to).buffer);
    this.#answers.set(key, answers);
    return answers;
  }
}

/** Source: ggml_compute_fp32_to_bf16 of ggml-impl.h. */
function toBrainFloats(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const rounded = new Uint16Array(values.length);
  for (let index = 0; index < bits.length; index++) {
    const value = bits[index]!;
    const isNaN = (value & 0x7fffffff) > 0x7f800000;
    rounded[index] = isNaN ? (value >>> 16) | 64 : (value + 0x7fff + ((value >>> 16) & 1)) >>> 16;
  }
  return rounded;
}

function bytesOf(values: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The same bytes where numbers of such a size may lie. */
function alignedTo(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : bytes.slice();
}
