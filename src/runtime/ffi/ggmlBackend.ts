/** ggml-backend.h */
import type { LibraryHandle } from "./koffi";

export interface GgmlBackend {
  /** Makes sure that the backends beside the library are there; loading them twice would list each twice. */
  loadAll(folder: string): void;
}

export function bindGgmlBackend(library: LibraryHandle): GgmlBackend {
  const count = library.func("ggml_backend_reg_count", "size_t", []) as unknown as () => number;
  const load = library.func("ggml_backend_load_all_from_path", "void", ["str"]) as unknown as (folder: string) => void;
  return {
    loadAll: (folder) => {
      if (Number(count()) === 0) load(folder);
    },
  };
}
