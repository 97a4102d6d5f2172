/** Types of ggml whose blocks hold 32 weights on an even grid, in the order of their size. */
export const blockTypes = ["Q4_0", "Q4_1", "Q5_0", "Q8_0"] as const;
export type BlockType = (typeof blockTypes)[number];

export const blockSize = 32;
const half = blockSize / 2;

/**
 * How a block of 32 weights lies in memory: d, and m where there is one, as half-precision numbers, then the codes of the block.
 * A weight is d · (code + lowest), or d · code + m. Source: the structs of ggml-common.h and dequantize_row_* of ggml-quants.c,
 * release v0.4.0.
 */
export interface BlockFormat {
  readonly bytes: number;
  /** The largest code; the smallest is 0. */
  readonly most: number;
  /** What code 0 stands for, in steps of d; undefined where m says it. */
  readonly lowest?: number;
  /** Writes 32 codes into the block at `at`, behind d and m. */
  pack(codes: Uint8Array, into: Uint8Array, at: number): void;
  /** Reads them. */
  unpack(from: Uint8Array, at: number, codes: Uint8Array): void;
}

const nibbles = (header: number): Pick<BlockFormat, "pack" | "unpack"> => ({
  pack: (codes, into, at) => {
    for (let index = 0; index < half; index++) into[at + header + index] = (codes[index]! & 15) | (codes[index + half]! << 4);
  },
  unpack: (from, at, codes) => {
    for (let index = 0; index < half; index++) {
      const pair = from[at + header + index]!;
      codes[index] = pair & 15;
      codes[index + half] = pair >> 4;
    }
  },
});

const fifthBits = 2; // where they lie in a block of Q5_0: one bit for each weight
const lowBits = nibbles(6);

export const blockFormats: Readonly<Record<BlockType, BlockFormat>> = {
  Q4_0: { bytes: 18, most: 15, lowest: -8, ...nibbles(2) },
  Q4_1: { bytes: 20, most: 15, ...nibbles(4) },
  Q5_0: {
    bytes: 22,
    most: 31,
    lowest: -16,
    pack: (codes, into, at) => {
      lowBits.pack(codes, into, at);
      let fifth = 0;
      for (let index = 0; index < blockSize; index++) fifth |= (codes[index]! >> 4) << index;
      for (let byte = 0; byte < 4; byte++) into[at + fifthBits + byte] = fifth >> (8 * byte);
    },
    unpack: (from, at, codes) => {
      lowBits.unpack(from, at, codes);
      let fifth = 0;
      for (let byte = 0; byte < 4; byte++) fifth |= from[at + fifthBits + byte]! << (8 * byte);
      for (let index = 0; index < blockSize; index++) codes[index]! |= ((fifth >> index) & 1) << 4;
    },
  },
  Q8_0: {
    bytes: 34,
    most: 255,
    lowest: -128,
    // Signed bytes: 128 apart from codes that begin with 0.
    pack: (codes, into, at) => {
      for (let index = 0; index < blockSize; index++) into[at + 2 + index] = codes[index]! ^ 128;
    },
    unpack: (from, at, codes) => {
      for (let index = 0; index < blockSize; index++) codes[index] = from[at + 2 + index]! ^ 128;
    },
  },
};
