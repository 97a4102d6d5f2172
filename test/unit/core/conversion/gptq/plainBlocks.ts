import { fromHalves } from "../../../../../src/core/conversion/gptq/halfPrecision";
import type { BlockType } from "../../../../../src/core/conversion/gptq/blocks";

/** The weights that ggml restores from blocks, written down again from the formulas of dequantize_row_* in ggml-quants.c. */
export function restored(type: BlockType, bytes: Uint8Array): number[] {
  const size = { Q4_0: 18, Q4_1: 20, Q5_0: 22, Q8_0: 34 }[type];
  return Array.from({ length: bytes.length / size }, (_, block) => restoredBlock(type, bytes.slice(block * size, (block + 1) * size))).flat();
}

function restoredBlock(type: BlockType, block: Uint8Array): number[] {
  const [d = 0, m = 0] = fromHalves(new Uint16Array(block.slice(0, 4).buffer));
  const view = new DataView(block.buffer);
  return Array.from({ length: 32 }, (_, index) => {
    const nibble = (header: number): number => (index < 16 ? block[header + index]! & 15 : block[header + index - 16]! >> 4);
    switch (type) {
      case "Q4_0": return Math.fround((nibble(2) - 8) * d);
      case "Q4_1": return Math.fround(Math.fround(nibble(4) * d) + m);
      case "Q5_0": return Math.fround(((nibble(6) | (((view.getUint32(2, true) >>> index) & 1) << 4)) - 16) * d);
      case "Q8_0": return Math.fround(view.getInt8(2 + index) * d);
    }
  });
}
