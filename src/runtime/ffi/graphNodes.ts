/** ggml.h: the nodes of the graphs that llama.cpp computes, as they come by. */
import type { Address } from "./address";
import type { Koffi, LibraryHandle } from "./koffi";
import type { CopyBytes } from "./libc/memory";

export interface GraphNode {
  /** ggml's name of the operation, e.g. "MUL_MAT"; of an activation its own, e.g. "SILU". */
  readonly operation: string;
  readonly sources: readonly Address[];
}

export interface WatchedGraph {
  /** For `cb_eval` of the context's parameters. */
  readonly callback: Address;
  dispose(): void;
}

/** Shows every node before it is computed. Throwing is a mistake: native code cannot hear it. */
export type WatchGraph = (seen: (node: GraphNode) => void) => WatchedGraph;

/** Offset of `src` in `ggml_tensor`, and GGML_MAX_SRC; release v0.4.0, 64-bit. */
const sources = { offset: 152, count: 10 } as const;

export function bindGraphNodes(koffi: Koffi, base: LibraryHandle, copy: CopyBytes): WatchGraph {
  const describe = base.func("ggml_op_desc", "str", ["void*"]) as unknown as (node: Address) => string;
  const type = koffi.pointer(koffi.proto("bool", ["void*", "bool", "void*"]));
  const node = Buffer.alloc(sources.offset + 8 * sources.count);
  return (seen) => {
    const callback = koffi.register((address: Address, ask: boolean) => {
      if (!ask) return true;
      copy(node, address, node.length);
      const found = Array.from({ length: sources.count }, (_, index) => node.readBigUInt64LE(sources.offset + 8 * index));
      seen({ operation: describe(address), sources: found.filter((source) => source !== 0n) });
      return false;
    }, type);
    return { callback, dispose: () => koffi.unregister(callback) };
  };
}
