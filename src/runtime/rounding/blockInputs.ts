import type { Gram } from "../../core/rounding/gram";
import { InputProducts } from "../../core/rounding/inputProducts";
import { HumanError } from "../../protocol/humanError";
import type { GraphTensor, Multiplication, MultiplicationObserver } from "../ffi/graph";

/** Sums the products of the inputs of chosen matrices while a model reads. Matrices that share an input share its sums. */
export class BlockInputs implements MultiplicationObserver {
  readonly products = new Map<string, InputProducts>();
  #last: { readonly address: bigint; readonly products: InputProducts } | undefined;

  constructor(
    private readonly read: (tensor: GraphTensor) => Buffer,
    private readonly wanted: ReadonlySet<string>,
    private readonly gram: Gram,
  ) {}

  wants({ weight, input, experts }: Multiplication): boolean {
    if (!this.wanted.has(weight.name) || experts || !input.isFloat) return false;
    const own = this.products.get(weight.name);
    if (this.#last?.address !== input.address || (own && own !== this.#last.products)) return true;
    this.products.set(weight.name, this.#last.products);
    return false;
  }

  take({ weight, input }: Multiplication): void {
    const products = this.products.get(weight.name) ?? new InputProducts(input.shape[0] ?? 0, this.gram);
    this.products.set(weight.name, products);
    this.#last = { address: input.address, products };
    const values = rowsOf(input, this.read(input));
    if (!values.every(Number.isFinite)) throw new HumanError("failed", `The model computes numbers that are none (at ${weight.name}), so its rounding errors cannot be compensated: take its original.`);
    products.add(values);
  }

  /** After each decoding: the next one may put other numbers at the same address. */
  forgetInput(): void {
    this.#last = undefined;
  }
}

/** The rows of all planes, one after the other. */
function rowsOf({ shape, strides }: GraphTensor, bytes: Buffer): Float32Array {
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const [columns = 0, rows = 1, planes = 1, cubes = 1] = shape;
  const [, row = 0, plane = 0, cube = 0] = strides;
  const values = new Float32Array(columns * rows * planes * cubes);
  for (let index = 0; index < rows * planes * cubes; index++) {
    const start = ((index % rows) * row + (Math.floor(index / rows) % planes) * plane + Math.floor(index / (rows * planes)) * cube) / 4;
    values.set(all.subarray(start, start + columns), index * columns);
  }
  return values;
}
