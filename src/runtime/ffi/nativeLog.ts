/** llama_log_set and llama_log_get of llama.h: the only channel on which the library says what it does and why it failed. */
import type { Address } from "./address";
import type { Koffi, LibraryHandle } from "./koffi";

/** Numbers of `ggml_log_level`. */
export const errorLevel = 4;
const continuation = 5;

export interface NativeLog {
  /** Hears whole lines until the returned function is called. */
  listen(listener: (line: string, level: number) => void): () => void;
}

export function bindNativeLog(koffi: Koffi, library: LibraryHandle): NativeLog {
  const callback = koffi.pointer(koffi.proto("void", ["int", "str", "void*"]));
  const set = library.func("llama_log_set", "void", ["void*", "void*"]) as unknown as (callback: Address | null, data: Address | null) => void;
  const get = library.func("llama_log_get", "void", [koffi.out(koffi.pointer("void*")), koffi.out(koffi.pointer("void*"))]) as unknown as (
    callback: [Address | null],
    data: [Address | null],
  ) => void;
  const current = (): readonly [Address | null, Address | null] => {
    const [fn, data]: [[Address | null], [Address | null]] = [[null], [null]];
    get(fn, data);
    return [fn[0], data[0]];
  };
  const listeners = new Set<(level: number, text: string | null) => void>();
  let own: ReturnType<Koffi["register"]> | undefined;
  let before = current();
  return {
    listen: (listener) => {
      const lines = lineSplitter(listener);
      listeners.add(lines);
      own ??= koffi.register((level: number, text: string | null) => listeners.forEach((hear) => hear(level, text)), callback);
      if (current()[0] !== own) {
        before = current();
        set(own, null);
      }
      return () => {
        listeners.delete(lines);
        // Somebody who took the log since then keeps it, and may hand back to this one: it must stay callable.
        if (listeners.size > 0 || own === undefined || current()[0] !== own) return;
        set(...before);
        koffi.unregister(own);
        own = undefined;
      };
    },
  };
}

/** The library writes lines in pieces: a line ends at its newline and has the level of its first piece. */
export function lineSplitter(listener: (line: string, level: number) => void): (level: number, text: string | null) => void {
  let pending = "";
  let pendingLevel = 0;
  return (level, text) => {
    if (pending === "" && level !== continuation) pendingLevel = level;
    else pendingLevel = Math.max(pendingLevel, level === continuation ? 0 : level);
    const parts = (pending + (text ?? "")).split("\n");
    pending = parts.pop() ?? "";
    for (const line of parts) {
      listener(line, pendingLevel);
      pendingLevel = level === continuation ? pendingLevel : level;
    }
  };
}
