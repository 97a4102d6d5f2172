import type { GraphTensor, Multiplication, MultiplicationObserver } from "../ffi/graph";
import type { ColumnSums } from "./matrixWriter";
import { HumanError } from "../../protocol/humanError";

/** Fewer tokens than this at once are no text but its remainder: llama-imatrix leaves them out. */
export const fewestTokens = 16;

/** Sums of squares by column, of one input or of all so far: experts (or other parts of a weight) one after the other. */
class Squares {
  readonly sums: Float64Array;
  readonly counts: Float64Array;

  constructor(readonly columns: number, parts: number, counts: number) {
    this.sums = new Float64Array(columns * parts);
    this.counts = new Float64Array(counts);
  }

  /** Adds the squares of one token's input. */
  addRow(part: number, values: Float32Array, start: number): void {
    const { sums, columns } = this;
    const first = part * columns;
    for (let column = 0; column < columns; column++) {
      const x = values[start + column]!;
      sums[first + column]! += x * x;
    }
  }

  addAll(other: Squares): void {
    for (let index = 0; index < this.sums.length; index++) this.sums[index]! += other.sums[index] ?? 0;
    for (let index = 0; index < this.counts.length; index++) this.counts[index]! += other.counts[index] ?? 0;
  }
}

/**
 * Sums the squared inputs of every weight matrix of the blocks while a model reads, as llama-imatrix does by default: the
 * token embedding and the output matrix are left out. Source: collect_imatrix of tools/imatrix/imatrix.cpp, release v0.4.0.
 */
export class InputSums implements MultiplicationObserver {
  readonly #totals = new Map<string, Squares>();
  /** What was read last. Queries, keys and values share one input, gates and ups another: it is summed once. */
  #last: { readonly key: string; readonly squares: Squares } | undefined;

  constructor(private readonly read: (tensor: GraphTensor) => Buffer) {}

  get tensors(): ReadonlyMap<string, ColumnSums> {
    return new Map([...this.#totals].map(([name, { sums, counts }]) => [name, { sums: Float32Array.from(sums), counts: [...counts] }]));
  }

  wants(multiplication: Multiplication): boolean {
    const { weight, input, experts } = multiplication;
    if (!weightName(weight).startsWith("blk.") || !input.isFloat) return false;
    if (!experts && (input.shape[1] ?? 0) < fewestTokens) return false;
    if (this.#last?.key !== keyOf(multiplication)) return true;
    this.#add(weight, this.#last.squares);
    return false;
  }

  take(multiplication: Multiplication): void {
    const { weight, input, experts } = multiplication;
    const values = floats(this.read(input));
    const squares = experts ? squaresByExpert(weight, input, values, experts, ints(this.read(experts))) : squaresOf(weight, input, values);
    if (!squares.sums.every(Number.isFinite)) {
      throw new HumanError("failed", `The model computes numbers that are none (at ${weightName(weight)}), so it cannot be calibrated: take its original.`);
    }
    this.#last = { key: keyOf(multiplication), squares };
    this.#add(weight, squares);
  }

  /** After each decoding: the next one may put other numbers at the same address. */
  forgetInput(): void {
    this.#last = undefined;
  }

  #add(weight: GraphTensor, squares: Squares): void {
    const name = weightName(weight);
    const total = this.#totals.get(name) ?? new Squares(squares.columns, squares.sums.length / squares.columns, squares.counts.length);
    this.#totals.set(name, total);
    total.addAll(squares);
  }
}

/** Same input, same experts, same division into parts. */
function keyOf({ weight, input, experts }: Multiplication): string {
  return [input.address, experts?.address, weight.shape[2], weight.shape[3]].join();
}

/** The rows of the input belong to one matrix, or in turn to the matrices of a weight with more dimensions; all share one count. */
function squaresOf(weight: GraphTensor, input: GraphTensor, values: Float32Array): Squares {
  const [columns = 0, rows = 0, planes = 1, cubes = 1] = input.shape;
  const [, , depth = 1, height = 1] = weight.shape;
  const squares = new Squares(columns, depth * height, 1);
  for (let cube = 0; cube < cubes; cube++) {
    for (let plane = 0; plane < planes; plane++) {
      const part = (cube % height) * depth + (plane % depth);
      for (let row = 0; row < rows; row++) squares.addRow(part, values, elementAt(input, [0, row, plane, cube]));
    }
  }
  squares.counts[0] = Math.floor((rows * planes * cubes) / (depth * height));
  return squares;
}

/** Each token's input counts for the experts that it was sent to. */
function squaresByExpert(weight: GraphTensor, input: GraphTensor, values: Float32Array, experts: GraphTensor, chosen: Int32Array): Squares {
  const [columns = 0, slots = 1, tokens = 0] = input.shape;
  const all = weight.shape[2] ?? 1;
  const squares = new Squares(columns, all, all);
  for (let choice = 0; choice < (experts.shape[0] ?? 0); choice++) {
    for (let token = 0; token < tokens; token++) {
      const expert = chosen[elementAt(experts, [choice, token, 0, 0])] ?? 0;
      squares.addRow(expert, values, elementAt(input, [0, choice % slots, token, 0]));
      squares.counts[expert]!++;
    }
  }
  return squares;
}

/** Index of an element of 4 bytes. */
function elementAt({ strides }: GraphTensor, at: readonly number[]): number {
  return at.reduce((sum, index, dimension) => sum + index * (strides[dimension] ?? 0), 0) / 4;
}

/** CUDA0#blk.0.attn_k.weight#0 is blk.0.attn_k.weight on another device. */
function weightName({ name }: GraphTensor): string {
  return name.split("#", 2).at(-1) ?? name;
}

function floats(bytes: Buffer): Float32Array {
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

function ints(bytes: Buffer): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
