import { machinePreset, machinePresets } from "../../core/fit/machines";
import { memoryNeed, modelShape } from "../../core/fit/memory";
import type { GgufHeader } from "../../core/gguf/header";
import type { CacheType, Machine, MemoryNeed } from "../../protocol/model";
import type { MachineChoice } from "../../protocol/panels";

const unknown: Machine = { totalMemory: 0, freeMemory: 0, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 0 };

/** The machine asked about, and the context and cache that the model is to run with. */
export class StudyMachine {
  here: Machine = unknown;
  id = "here";
  cacheType: CacheType = "F16";
  #own: { readonly label: string; readonly machine: Machine } | undefined;
  /** What llama.cpp would allocate, by context and cache. */
  readonly #simulated = new Map<string, MemoryNeed>();

  constructor(public context: number) {}

  get chosen(): Machine {
    if (this.id === "own" && this.#own) return this.#own.machine;
    return machinePreset(this.id)?.machine ?? this.here;
  }

  get choices(): readonly MachineChoice[] {
    return [
      { id: "here", label: "This machine" },
      ...machinePresets.map(({ id, label }) => ({ id, label })),
      { id: "own", label: this.#own?.label ?? "Own numbers…" },
    ];
  }

  setOwn(label: string, machine: Machine): void {
    this.#own = { label, machine };
    this.id = "own";
  }

  simulated(context: number, cacheType: CacheType, need: MemoryNeed): void {
    this.#simulated.set(`${context} ${cacheType}`, need);
  }

  /** Cache and buffers: as llama.cpp counts them where it was asked, else by formula. */
  need(header: GgufHeader): Omit<MemoryNeed, "weights"> {
    const { cache, compute } = this.#simulated.get(`${this.context} ${this.cacheType}`) ?? memoryNeed(0, modelShape(header), this.context, this.cacheType);
    return { cache, compute };
  }
}
