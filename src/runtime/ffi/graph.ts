/** ggml.h and ggml-backend.h: looking at the inputs of matrix multiplications, and at named results, while llama.cpp computes. */
import type { Address } from "./address";
import type { Koffi, LibraryHandle } from "./koffi";
import type { CopyBytes } from "./libc/memory";

/** A `ggml_tensor`. */
export interface GraphTensor {
  readonly address: Address;
  readonly name: string;
  readonly isFloat: boolean;
  /** Elements and bytes to the next one in each of four dimensions. */
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** weight × input; with experts, each column of the input is multiplied with those of `experts` (ggml_mul_mat_id). */
export interface Multiplication {
  readonly weight: GraphTensor;
  readonly input: GraphTensor;
  readonly experts?: GraphTensor;
}

/** Asked about everything of its kind before it is computed, and told after of what it wants. Throwing stops the computation. */
export interface Observer<Seen> {
  wants(seen: Seen): boolean;
  take(seen: Seen): void;
}
export type MultiplicationObserver = Observer<Multiplication>;

export interface ObservedGraph {
  /** For `cb_eval` of the context's parameters. */
  readonly callback: Address;
  /** Throws what the observer has thrown; after each decoding. */
  check(): void;
  dispose(): void;
}

export interface Graphs {
  observe(observer: MultiplicationObserver): ObservedGraph;
  /** Every result; llama.cpp names those that mean something, e.g. "l_out-3" for the hidden state behind block 3. */
  observeResults(observer: Observer<GraphTensor>): ObservedGraph;
  /** The bytes of a tensor, wherever they lie; as many as its strides span. */
  read(tensor: GraphTensor): Buffer;
}

/** Offsets in `ggml_tensor`, release v0.4.0, 64-bit. */
const offset = { type: 0, shape: 16, strides: 48, op: 80, weight: 152, input: 160, experts: 168, name: 256 } as const;
const tensorBytes = 336;
const nameBytes = 64;
const f32 = 0;
/** GGML_OP_COUNT. */
const operations = 101;

export function bindGraphs(koffi: Koffi, library: LibraryHandle, copy: CopyBytes): Graphs {
  const opName = library.func("ggml_op_name", "str", ["int"]) as unknown as (op: number) => string;
  const get = library.func("ggml_backend_tensor_get", "void", ["void*", "void*", "size_t", "size_t"]) as unknown as (tensor: Address, into: Buffer, from: number, bytes: number) => void;
  const bytesOf = library.func("ggml_nbytes", "size_t", ["void*"]) as unknown as (tensor: Address) => number | bigint;
  const type = koffi.pointer(koffi.proto("bool", ["void*", "bool", "void*"]));
  const [plain, byExpert] = ["MUL_MAT", "MUL_MAT_ID"].map((name) => operation(opName, name));
  const node = Buffer.alloc(tensorBytes);
  const pointer = (at: number): Address => node.readBigUInt64LE(at);

  function multiplicationOf(address: Address): Multiplication | undefined {
    copy(node, address, tensorBytes);
    const op = node.readInt32LE(offset.op);
    if (op !== plain && op !== byExpert) return undefined;
    const [weight, input, experts] = [pointer(offset.weight), pointer(offset.input), pointer(offset.experts)];
    return { weight: tensor(weight), input: tensor(input), ...(op === byExpert && { experts: tensor(experts) }) };
  }

  function tensor(address: Address): GraphTensor {
    copy(node, address, tensorBytes);
    const four = (at: number): number[] => [0, 8, 16, 24].map((step) => Number(node.readBigInt64LE(at + step)));
    const [name = ""] = node.toString("utf8", offset.name, offset.name + nameBytes).split("\0", 1);
    return { address, name, isFloat: node.readInt32LE(offset.type) === f32, shape: four(offset.shape), strides: four(offset.strides) };
  }

  function observed<Seen>(seenAt: (address: Address) => Seen | undefined, observer: Observer<Seen>): ObservedGraph {
    let failure: { readonly error: unknown } | undefined;
    const callback = koffi.register((address: Address, ask: boolean) => {
      try {
        if (failure) return false;
        const seen = seenAt(address);
        if (!seen) return !ask;
        if (ask) return observer.wants(seen);
        observer.take(seen);
        return true;
      } catch (error) {
        failure = { error };
        return false;
      }
    }, type);
    return {
      callback,
      check: () => {
        if (failure) throw failure.error;
      },
      dispose: () => koffi.unregister(callback),
    };
  }

  return {
    observe: (observer) => observed(multiplicationOf, observer),
    observeResults: (observer) => observed(tensor, observer),
    read: ({ address }) => {
      const bytes = Buffer.allocUnsafeSlow(Number(bytesOf(address)));
      get(address, bytes, 0, bytes.length);
      return bytes;
    },
  };
}

function operation(nameOf: (op: number) => string, name: string): number {
  for (let op = 0; op < operations; op++) if (nameOf(op) === name) return op;
  throw new Error(`ggml has no operation ${name}.`);
}
