import type { GptqBits } from "./quantConfig";

/**
 * Codes of `bits` bits each lie one behind the other in 32-bit words, lowest bits first; a code of 3 bits may begin in one word
 * and end in the next (32 codes in 3 words). Source: QuantLinear.pack of AutoGPTQ.
 */

/** Words that hold so many codes. */
export function wordsOf(codes: number, bits: GptqBits): number {
  return Math.ceil((codes * bits) / 32);
}

/** qweight [words of the inputs][outFeatures] → codes [outFeatures][inFeatures]. */
export function unpackWeights(qweight: Int32Array, bits: GptqBits, inFeatures: number, outFeatures: number): Uint8Array {
  const codes = new Uint8Array(inFeatures * outFeatures);
  const mask = (1 << bits) - 1;
  for (let start = 0; start < outFeatures; start += tile) {
    const end = Math.min(start + tile, outFeatures);
    for (let input = 0; input < inFeatures; input++) {
      const from = (input * bits) % 32;
      const word = Math.floor((input * bits) / 32) * outFeatures;
      const next = from + bits > 32 ? word + outFeatures : undefined;
      for (let output = start, at = start * inFeatures + input; output < end; output++, at += inFeatures) {
        const low = qweight[word + output]! >>> from;
        codes[at] = (next === undefined ? low : low | (qweight[next + output]! << (32 - from))) & mask;
      }
    }
  }
  return codes;
}

/** Outputs whose codes are written side by side: as many lines of memory as a processor keeps near. */
const tile = 64;

/** qzeros [groups][words of the outputs] → fields [outFeatures][groups], as they are stored. */
export function unpackZeros(qzeros: Int32Array, bits: GptqBits, groups: number, outFeatures: number): Uint8Array {
  const fields = new Uint8Array(groups * outFeatures);
  const words = wordsOf(outFeatures, bits);
  const mask = (1 << bits) - 1;
  for (let group = 0; group < groups; group++) {
    for (let output = 0; output < outFeatures; output++) {
      const from = (output * bits) % 32;
      const word = group * words + Math.floor((output * bits) / 32);
      const low = qzeros[word]! >>> from;
      fields[output * groups + group] = (from + bits > 32 ? low | (qzeros[word + 1]! << (32 - from)) : low) & mask;
    }
  }
  return fields;
}
