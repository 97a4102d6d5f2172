import type { MemoryNeed } from "../../protocol/model";

const mebibyte = 1024 * 1024;
/** e.g. `load_tensors:   CPU_Mapped model buffer size =     9.01 MiB` */
const bufferLine = /(\w+) +(model|KV|RS|compute|output) buffer size = +([\d.]+) MiB/;
/** e.g. `llama_kv_cache: size =    2.50 MiB (   512 cells, …`: said in a simulation too, where buffers have no size. */
const cacheLine = /^llama_(?:kv_cache|memory_recurrent)\w*: +size = +([\d.]+) MiB/;

/** Adds up what the library's log says it allocates for one model and its context. Sizes are to a hundredth of a MiB. */
export class BufferSizes {
  #weights = 0;
  #cache = 0;
  #compute = 0;
  readonly #kinds = new Set<string>();

  hear(line: string): void {
    const cache = cacheLine.exec(line);
    if (cache) this.#cache += Number(cache[1]) * mebibyte;
    const [, place = "", kind, size] = bufferLine.exec(line) ?? [];
    if (kind === "model") {
      this.#weights += Number(size) * mebibyte;
      this.#kinds.add(place);
    }
    if (kind === "compute" || kind === "output") this.#compute += Number(size) * mebibyte;
  }

  /** Some weights are arranged for the processor, in buffers of their own. */
  get rearranged(): boolean {
    return this.#kinds.size > 1;
  }

  get need(): MemoryNeed {
    return { weights: Math.round(this.#weights), cache: Math.round(this.#cache), compute: Math.round(this.#compute) };
  }
}
