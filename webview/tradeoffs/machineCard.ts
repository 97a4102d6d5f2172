import type { Machine } from "../../src/protocol/model";
import { type CacheType, cacheTypes } from "../../src/protocol/model";
import type { TradeoffRow, TradeoffsSnapshot } from "../../src/protocol/panels";
import { type Child, h, icon, replace } from "../dom";
import { formatBytes, formatCount } from "../format";
import { Select } from "../select";
import { memoryBars } from "./memoryBar";

export interface MachineListeners {
  onMachine(id: string): void;
  onContext(context: number): void;
  onCacheType(cacheType: CacheType): void;
}

/** The machine asked about, and what the chosen row would take of it. */
export class MachineCard {
  readonly #machine: Select<string>;
  readonly #context: Select<string>;
  readonly #cache: Select<CacheType>;
  readonly #facts = h("div", { class: "facts dim" });
  readonly #row = h("div", { class: "machine-row" });
  readonly element: HTMLElement;
  #signature = "";

  constructor(listeners: MachineListeners) {
    this.#machine = new Select("Machine", listeners.onMachine, "The machine to ask about");
    this.#context = new Select("Context, tokens", (context) => listeners.onContext(Number(context)), "Tokens of context that the memory counts with");
    this.#cache = new Select("Type of the KV cache", listeners.onCacheType, "How keys and values of the context are kept");
    this.#machine.element.classList.add("machine-choice");
    this.element = h(
      "section",
      { class: "machine", "aria-label": "Machine" },
      h("div", { class: "machine-head" }, this.#machine.element, this.#facts),
      h("div", { class: "form-row" }, h("span", { class: "dim" }, "Context"), this.#context.element, h("span", { class: "dim" }, "Cache"), this.#cache.element),
      this.#row,
    );
  }

  update(snapshot: TradeoffsSnapshot, row: TradeoffRow | undefined): void {
    const { machine, machineId, machines, context, contexts, cacheType } = snapshot;
    this.#machine.update(machines.map(({ id, label }) => ({ value: id, label })), machineId);
    this.#context.update(contexts.map((tokens) => ({ value: String(tokens), label: formatCount(tokens) })), String(context));
    this.#cache.update(cacheTypes.map((type) => ({ value: type, label: type })), cacheType);
    const signature = JSON.stringify([machine, machineId, row?.label, row?.memory, row?.fit, row?.gpuLayers]);
    if (signature === this.#signature) return;
    this.#signature = signature;
    replace(this.#facts, ...machineFacts(machine, machineId === "here"));
    replace(this.#row, ...(row ? memoryBars(row, machine) : []));
  }
}

function machineFacts(machine: Machine, here: boolean): Child[] {
  const fact = (name: string, words: string, title?: string): HTMLElement => h("span", { class: "fact", title }, icon(name), words);
  const gpu = machine.totalVideoMemory > 0;
  return [
    machine.totalMemory > 0 ? fact("server", `${formatBytes(machine.totalMemory, 1)} RAM`, here ? `${formatBytes(machine.freeMemory, 1)} free now` : undefined) : undefined,
    machine.cores > 0 ? fact("chip", `${machine.cores} cores`) : undefined,
    fact("circuit-board", gpu ? `${(here && machine.gpuName) || "GPU"} ${formatBytes(machine.totalVideoMemory, 1)}` : "no GPU", gpu && !here ? undefined : gpu ? `${formatBytes(machine.freeVideoMemory, 1)} free now` : "No GPU that llama.cpp can use"),
  ];
}
