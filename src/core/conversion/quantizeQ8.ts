import { toHalves } from "./gptq/halfPrecision";

const blockWeights = 32;
const blockBytes = 34;

/**
 * Q8_0: blocks of 32 weights as a scale (F16) and 32 whole numbers. The largest weight of a block becomes ±127.
 * Source: quantize_row_q8_0_ref of ggml-quants.c: weights are multiplied by the scale's inverse in F32, halves round away from zero.
 */
export function quantizeQ8(values: Float32Array): Uint8Array {
  const blocks = values.length / blockWeights;
  const bytes = new Uint8Array(blocks * blockBytes);
  const scales = new Float32Array(blocks);
  for (let block = 0; block < blocks; block++) {
    const start = block * blockWeights;
    let largest = 0;
    for (let index = start; index < start + blockWeights; index++) largest = Math.max(largest, Math.abs(values[index]!));
    const scale = Math.fround(largest / 127);
    scales[block] = scale;
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    const place = block * blockBytes + 2;
    for (let index = 0; index < blockWeights; index++) {
      const scaled = Math.fround(values[start + index]! * inverse);
      bytes[place + index] = scaled < 0 ? -Math.floor(0.5 - scaled) : Math.floor(scaled + 0.5);
    }
  }
  const halves = toHalves(scales);
  for (let block = 0; block < blocks; block++) {
    bytes[block * blockBytes] = halves[block]! & 0xff;
    bytes[block * blockBytes + 1] = halves[block]! >>> 8;
  }
  return bytes;
}
