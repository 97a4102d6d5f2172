import { blockFormats, blockSize } from "../conversion/gptq/blocks";
import { toHalves } from "../conversion/gptq/halfPrecision";
import type { GptqType } from "../../protocol/compression";
import { bestGrid, type BlockGrid, codeOf } from "./blockGrid";
import type { Feedback } from "./feedback";
import { LookBack, mostRows } from "./lookBack";
import type { NewMultiplier } from "./multiplier";

/**
 * Rounds rows of weights into the blocks of a type, column by column: the error of each column is made up for in those behind it
 * (GPTQ, arXiv 2210.17323). The grid of a block is chosen when its first column is reached. Columns go in the order of the file: a
 * block of GGUF is 32 neighbours with one scale, so the paper's "act-order" is not possible.
 */
export class RowRounding {
  readonly #lookBack: LookBack;
  readonly #block: BlockRounding;

  /** `importance` has a number for each column: what the grids are chosen by. */
  constructor(private readonly type: GptqType, private readonly feedback: Feedback, private readonly importance: Float64Array, newMultiplier: NewMultiplier) {
    this.#lookBack = new LookBack(newMultiplier, feedback);
    this.#block = new BlockRounding(type, feedback);
  }

  /** The bytes of the blocks of rows. */
  round(weights: Float32Array): Uint8Array {
    const { columns } = this.feedback;
    const rowBytes = (columns / blockSize) * blockFormats[this.type].bytes;
    const bytes = new Uint8Array((weights.length / columns) * rowBytes);
    for (let first = 0; first * columns < weights.length; first += mostRows) {
      this.#roundSome(weights.subarray(first * columns, (first + mostRows) * columns), bytes.subarray(first * rowBytes), rowBytes);
    }
    return bytes;
  }

  #roundSome(weights: Float32Array, bytes: Uint8Array, rowBytes: number): void {
    const { columns } = this.feedback;
    const rows = this.#lookBack.take(weights);
    for (let first = 0; first < columns; first += blockSize) {
      const asked = this.#lookBack.asked(first);
      const importance = this.importance.subarray(first, first + blockSize);
      const place = (first / blockSize) * blockFormats[this.type].bytes;
      for (let row = 0; row * columns < rows.length; row++) {
        this.#block.round(rows.subarray(row * columns, (row + 1) * columns), first, asked.subarray(row * blockSize, (row + 1) * blockSize), importance);
        this.#block.write(bytes, row * rowBytes + place);
      }
    }
  }
}

/** The 32 columns of one block in one row. */
class BlockRounding {
  readonly #values = new Float64Array(blockSize);
  readonly #codes = new Uint8Array(blockSize);
  #grid: BlockGrid = { d: 0, m: 0, most: 0 };

  constructor(
    private readonly type: GptqType,
    private readonly feedback: Feedback,
  ) {}

  /** `row` holds errors before column `first` and weights from there on; those of the block become errors. */
  round(row: Float32Array, first: number, asked: Float32Array, importance: Float64Array): void {
    const { factors, columns } = this.feedback;
    this.#settle(row, first, asked);
    const { d, m } = (this.#grid = bestGrid(this.type, this.#values, importance));
    for (let column = 0; column < blockSize; column++) {
      const place = (first + column) * columns + first;
      let value = row[first + column]! - asked[column]!;
      for (let before = 0; before < column; before++) value -= factors[place + before]! * row[first + before]!;
      const code = codeOf(this.#grid, value);
      this.#codes[column] = code;
      row[first + column] = d * code + m - row[first + column]!;
    }
  }

  write(bytes: Uint8Array, at: number): void {
    const { lowest, pack } = blockFormats[this.type];
    const numbers = toHalves(lowest === undefined ? Float32Array.of(this.#grid.d, this.#grid.m) : Float32Array.of(this.#grid.d));
    numbers.forEach((half, index) => {
      bytes[at + 2 * index] = half & 0xff;
      bytes[at + 2 * index + 1] = half >>> 8;
    });
    pack(this.#codes, bytes, at);
  }

  /** The weights of the block as they would best be if nothing more were rounded. */
  #settle(row: Float32Array, first: number, asked: Float32Array): void {
    const { factors, columns } = this.feedback;
    for (let column = 0; column < blockSize; column++) {
      const place = (first + column) * columns + first;
      let value = row[first + column]! - asked[column]!;
      for (let before = 0; before < column; before++) value -= factors[place + before]! * (this.#values[before]! - row[first + before]!);
      this.#values[column] = value;
    }
  }
}
