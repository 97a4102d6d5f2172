import { notFinite } from "../../core/evaluation/notFinite";
import { logitsModule } from "./logitsModule";

/** What is used of WebAssembly, which Node's types leave to those of the browser. */
interface Wasm {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}
const wasm = (globalThis as unknown as { readonly WebAssembly: Wasm }).WebAssembly;

interface Exports {
  largest(row: number, count: number): number;
  indexOf(row: number, count: number, value: number): number;
  sumOfExponentials(row: number, count: number, most: number): number;
  weightedDifference(base: number, variant: number, count: number, most: number, threshold: number): number;
  keptMass(): number;
}

/** What is kept of a row once its logits are gone (core/evaluation/prediction.ts has the formulas). */
export interface RowSummary {
  /** ln Σ exp(logit). */
  readonly logPartition: number;
  readonly largest: number;
  /** The most likely token, the first one of equals. */
  readonly top: number;
}

const page = 65536;
const lanes = 4;
/** Below this log-probability a token of the base adds nothing, as in klDivergence. */
const negligible = -16;

/**
 * The formulas of core/evaluation/prediction.ts over two rows of logits, in WebAssembly: a vocabulary of 128,000 takes a
 * fifth of a millisecond instead of two. Fill `base` or `variant`, then ask.
 */
export class LogitsKernel {
  /** A row each, one logit for each token. */
  readonly base: Float32Array;
  readonly variant: Float32Array;
  readonly #count: number;
  readonly #exports: Exports;

  constructor(vocabSize: number) {
    this.#count = Math.ceil(vocabSize / lanes) * lanes;
    const rowBytes = this.#count * Float32Array.BYTES_PER_ELEMENT;
    // The first page is the module's own.
    const pages = 1 + Math.ceil((2 * rowBytes) / page);
    const memory = new wasm.Memory({ initial: pages });
    const row = (start: number): Float32Array => {
      new Float32Array(memory.buffer, start, this.#count).fill(Number.NEGATIVE_INFINITY);
      return new Float32Array(memory.buffer, start, vocabSize);
    };
    this.base = row(page);
    this.variant = row(page + rowBytes);
    const module = new wasm.Module(Buffer.from(logitsModule, "base64"));
    this.#exports = new wasm.Instance(module, { env: { memory } }).exports as Exports;
  }

  /** Throws a HumanError when the model gave a number that is not finite. */
  summary(row: Float32Array): RowSummary {
    const { largest, indexOf, sumOfExponentials } = this.#exports;
    const most = largest(row.byteOffset, this.#count);
    const logPartition = most + Math.log(sumOfExponentials(row.byteOffset, this.#count, most));
    if (!Number.isFinite(logPartition)) throw notFinite();
    return { logPartition, largest: most, top: indexOf(row.byteOffset, this.#count, most) };
  }

  /**
   * KL divergence of the row in `variant` from the row in `base`, nats. With e = exp(x − largest) over the tokens that
   * count, it is Σ e (x − y) / Σall e + (ln Zy − ln Zx) Σ e / Σall e: logits are subtracted before anything is rounded.
   */
  divergence(base: RowSummary, variant: RowSummary): number {
    const logMass = base.logPartition - base.largest;
    const difference = this.#exports.weightedDifference(this.base.byteOffset, this.variant.byteOffset, this.#count, base.largest, negligible + logMass);
    const share = Math.exp(-logMass);
    return share * (difference + (variant.logPartition - base.logPartition) * this.#exports.keptMass());
  }
}
