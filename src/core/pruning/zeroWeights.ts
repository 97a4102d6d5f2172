import { type BlockType, blockFormats, blockSize } from "../conversion/gptq/blocks";

/**
 * Bytes of a weight of 0 in types without blocks. In the blocks of Q4_0, Q5_0 and Q8_0 one code stands for exactly 0: only that code
 * is written, so all other weights stay as they are. Blocks with a minimum (Q4_1, Q4_K, …) and curved ones (IQ4_NL, …) have no zero.
 */
const plainBytes: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 };

/** True of the types in which a weight can become exactly 0 and no other weight changes. */
export function holdsZeros(type: string): boolean {
  return plainBytes[type] !== undefined || zeroCode(type) !== undefined;
}

/** Sets weights of one row, given by its bytes, to zero. Throws a RangeError for a type that does not hold zeros. */
export function writeZeros(type: string, row: Uint8Array, columns: readonly number[]): void {
  const width = plainBytes[type];
  if (width !== undefined) {
    for (const column of columns) row.fill(0, column * width, (column + 1) * width);
    return;
  }
  const zero = zeroCode(type);
  if (zero === undefined) throw new RangeError(`${type} holds no zeros.`);
  writeCodes(type as BlockType, row, columns, zero);
}

function writeCodes(type: BlockType, row: Uint8Array, columns: readonly number[], zero: number): void {
  const { bytes, pack, unpack } = blockFormats[type];
  const codes = new Uint8Array(blockSize);
  const byBlock = new Map<number, number[]>();
  for (const column of columns) {
    const block = Math.floor(column / blockSize);
    const own = byBlock.get(block);
    if (own) own.push(column % blockSize);
    else byBlock.set(block, [column % blockSize]);
  }
  for (const [block, places] of byBlock) {
    unpack(row, block * bytes, codes);
    for (const place of places) codes[place] = zero;
    pack(codes, row, block * bytes);
  }
}

function zeroCode(type: string): number | undefined {
  const { lowest } = (blockFormats as Readonly<Record<string, { readonly lowest?: number }>>)[type] ?? {};
  return lowest === undefined ? undefined : -lowest;
}
