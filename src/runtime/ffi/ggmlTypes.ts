/** ggml.h: storage types of weights and the functions that convert to and from them. */
import type { Address } from "./address";
import type { Koffi, LibraryHandle } from "./koffi";
import type { CopyBytes } from "./libc/memory";
import { onWorker } from "./worker";

export interface GgmlTypes {
  /**
   * Quantizes rows of 32-bit floats on a worker thread. The first call for a 1- or 2-bit IQ type builds tables, which takes 1 to
   * 15 s of processor time in each process, and other calls wait meanwhile. `importance` has one weight for each column, or is null. ggml
   * aborts where the row does not divide into blocks, and for a type that cannot do without the weights.
   */
  quantize(type: number, from: Address, to: Address, rows: number, columns: number, importance: Address | null): Promise<unknown>;
  /** Restores weights as 32-bit floats, from any type that weights are stored in. */
  restore(type: number, from: Address, to: Address, weights: number): void;
}

/** ggml_type of plain floats, which need no restoring. */
const f32 = 0;

export function bindGgmlTypes(koffi: Koffi, library: LibraryHandle, copy: CopyBytes): GgmlTypes {
  const traits = koffi.struct({
    type_name: "void*", blck_size: "int64_t", blck_size_interleave: "int64_t", type_size: "size_t", is_quantized: "bool",
    to_float: "void*", from_float_ref: "void*",
  });
  const traitsOf = library.func("ggml_get_type_traits", koffi.pointer(traits), ["int"]) as unknown as (type: number) => Address;
  const chunk = library.func("ggml_quantize_chunk", "size_t", ["int", "void*", "void*", "int64_t", "int64_t", "int64_t", "void*"]) as unknown as (
    type: number, from: Address, to: Address, start: number, rows: number, columns: number, importance: Address | null,
  ) => unknown;
  const toFloat = koffi.proto("void", ["void*", "void*", "int64_t"]);
  const restorers = new Map<number, (from: Address, to: Address, weights: number) => void>();
  const restorerOf = (type: number): ((from: Address, to: Address, weights: number) => void) => {
    const known = restorers.get(type);
    if (known) return known;
    const { to_float: address } = koffi.decode(traitsOf(type), traits) as { readonly to_float: Address | null };
    if (address === null && type !== f32) throw new Error(`ggml cannot restore type ${type}.`);
    const restorer = address === null
      ? (from: Address, to: Address, weights: number): void => copy(to, from, 4 * weights)
      : (koffi.decode(address, toFloat) as (from: Address, to: Address, weights: number) => void);
    restorers.set(type, restorer);
    return restorer;
  };
  return {
    quantize: (type, from, to, rows, columns, importance) => onWorker(chunk, type, from, to, 0, rows, columns, importance),
    restore: (type, from, to, weights) => restorerOf(type)(from, to, weights),
  };
}
