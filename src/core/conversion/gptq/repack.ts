import { blockFormats, blockSize, type BlockFormat, type BlockType } from "./blocks";
import { minimaOf } from "./exactType";
import { rowsOf, type GptqTensor } from "./gptqTensor";
import { fromHalves, toHalves } from "./halfPrecision";

/**
 * The blocks of a type that `exactType` chose: row after row, rows as listed, all by default. Every block is unpacked again and
 * its weights, as ggml would restore them, are compared with scale · (code − zero): a difference would be a mistake of ours.
 */
export function repack(tensor: GptqTensor, type: BlockType, rows?: ArrayLike<number>): Uint8Array {
  const { inFeatures, groups, groupOf } = tensor;
  const order = rowsOf(tensor, rows);
  const format = blockFormats[type];
  const write = blockWriter(tensor, format);
  const blocks = inFeatures / blockSize;
  const bytes = new Uint8Array(order.length * blocks * format.bytes);
  for (let index = 0, at = 0; index < order.length; index++) {
    const row = order[index]!;
    for (let block = 0; block < blocks; block++, at += format.bytes) {
      const first = block * blockSize;
      write(row * inFeatures + first, row * groups + groupOf[first]!, bytes, at);
    }
  }
  return bytes;
}

/** Writes the 32 weights from `first` on, which are of one group. */
type BlockWriter = (first: number, group: number, into: Uint8Array, at: number) => void;

function blockWriter({ scales, zeros, codes }: GptqTensor, format: BlockFormat): BlockWriter {
  const { lowest } = format;
  const scaleBits = toHalves(scales);
  const minimumBits = lowest === undefined ? toHalves(minimaOf(scales, zeros)) : undefined;
  const restoredScales = fromHalves(scaleBits);
  const restoredMinima = minimumBits && fromHalves(minimumBits);
  const block = new Uint8Array(blockSize);
  return (first, group, into, at) => {
    const zero = zeros[group]!;
    const shift = lowest === undefined ? 0 : zero + lowest;
    for (let index = 0; index < blockSize; index++) block[index] = codes[first + index]! - shift;
    putHalf(into, at, scaleBits[group]!);
    if (minimumBits) putHalf(into, at + 2, minimumBits[group]!);
    format.pack(block, into, at);
    format.unpack(into, at, block);
    const [scale, d, m] = [scales[group]!, restoredScales[group]!, restoredMinima?.[group] ?? 0];
    for (let index = 0; index < blockSize; index++) {
      const restored = Math.fround(d * (block[index]! + (lowest ?? 0)) + m);
      if (restored !== Math.fround(scale * (codes[first + index]! - zero))) throw new Error(`A repacked weight is ${restored}, not ${scale} · (${codes[first + index]} − ${zero}).`);
    }
  };
}

function putHalf(into: Uint8Array, at: number, bits: number): void {
  into[at] = bits & 0xff;
  into[at + 1] = bits >> 8;
}
