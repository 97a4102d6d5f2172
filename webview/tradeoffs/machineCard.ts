import type { Machine } from "../../src/protocol/model";
import type { TradeoffRow, TradeoffsSnapshot } from "../../src/protocol/panels";
import { type Child, h, icon, replace } from "../dom";
import { formatBytes, formatCount, formatPerplexity, formatRate, formatShare, missing } from "../format";
import { memoryOf } from "./rows";

/** What this machine has, and what the chosen row would take of it. */
export class MachineCard {
  readonly #machine = h("div", { class: "facts dim" });
  readonly #row = h("div", { class: "machine-row" });
  readonly element = h("section", { class: "card machine", "aria-label": "This machine" }, h("h2", {}, "This machine"), this.#machine, this.#row);
  #signature = "";

  update(snapshot: TradeoffsSnapshot, row: TradeoffRow | undefined): void {
    const base = snapshot.rows.find((other) => other.isBase);
    const signature = JSON.stringify([snapshot.machine, snapshot.context, row, base]);
    if (signature === this.#signature) return;
    this.#signature = signature;
    replace(this.#machine, ...machineFacts(snapshot.machine, snapshot.context));
    replace(this.#row, ...(row ? rowFacts(row, base, snapshot.machine) : []));
  }
}

function machineFacts(machine: Machine, context: number): Child[] {
  const fact = (name: string, words: string, title?: string): HTMLElement => h("span", { class: "fact", title }, icon(name), words);
  const gpu = machine.totalVideoMemory > 0;
  return [
    machine.totalMemory > 0 ? fact("server", `${formatBytes(machine.totalMemory, 1)} RAM`, `${formatBytes(machine.freeMemory, 1)} free now`) : undefined,
    machine.cores > 0 ? fact("chip", `${machine.cores} cores`) : undefined,
    fact("circuit-board", gpu ? `${machine.gpuName || "GPU"} ${formatBytes(machine.totalVideoMemory, 1)}` : "no GPU", gpu ? `${formatBytes(machine.freeVideoMemory, 1)} free now` : "No GPU that llama.cpp can use"),
    fact("list-selection", `${formatCount(context)} tokens of context`, "The memory column counts with this context"),
  ];
}

function rowFacts(row: TradeoffRow, base: TradeoffRow | undefined, machine: Machine): Child[] {
  const need = memoryOf(row);
  const onGpu = row.fit === "gpu";
  const has = onGpu ? machine.totalVideoMemory : machine.totalMemory;
  const name = row.isBase ? `${row.type} (original)` : row.type;
  return [
    h("h3", {}, h("strong", {}, name), need === undefined ? "" : ` needs ${formatBytes(need, 1)} of ${formatBytes(has, 1)} ${onGpu ? "on the GPU" : "of RAM"}`),
    ...(row.memory && need !== undefined && has > 0 ? memoryBar(row.memory, need, has) : []),
    h("dl", {}, ...comparison(row, base).flatMap(([term, value]) => [h("dt", { class: "dim" }, term), h("dd", {}, value)])),
  ];
}

function memoryBar(memory: NonNullable<TradeoffRow["memory"]>, need: number, has: number): Child[] {
  const scale = Math.max(need, has);
  const free = has - need;
  const parts = [
    { name: "weights", bytes: memory.weights },
    { name: "cache", bytes: memory.cache },
    { name: "compute", bytes: memory.compute },
  ];
  const words = [...parts.map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`), free >= 0 ? `free ${formatBytes(free, 1)}` : `${formatBytes(-free, 1)} too much`];
  const segment = (name: string, bytes: number, title: string | undefined): HTMLElement =>
    h("i", { class: `segment ${name}`, title, style: { "flex-grow": String(bytes / scale) } });
  const shown = [...parts.map(({ name, bytes }, index) => segment(name, bytes, words[index])), ...(free > 0 ? [segment("free", free, words[3])] : [])];
  const key = (name: string, text: string | undefined): HTMLElement => h("span", { class: "legend-key" }, h("i", { class: `swatch ${name}`, "aria-hidden": "true" }), text);
  return [
    h("div", { class: free < 0 ? "memory-bar over" : "memory-bar", role: "img", "aria-label": `Memory: ${words.join(", ")}` }, ...shown),
    h("div", { class: "legend memory-legend dim", "aria-hidden": "true" }, ...parts.map(({ name }, index) => key(name, words[index])), key(free < 0 ? "over" : "free", words[3])),
  ];
}

/** The row against the original, in plain words. */
function comparison(row: TradeoffRow, base: TradeoffRow | undefined): [string, string][] {
  const facts: [string, string][] = [];
  const original = base?.measured;
  if (row.size && base?.size && !row.isBase) {
    const saved = 1 - row.size.bytes / base.size.bytes;
    facts.push(["File", `${formatBytes(row.size.bytes)}, ${formatShare(Math.abs(saved), 0)} ${saved >= 0 ? "smaller" : "larger"} than ${base.type}`]);
  } else if (row.size) facts.push(["File", formatBytes(row.size.bytes)]);
  const { measured } = row;
  if (!measured) return facts;
  if (!row.isBase) facts.push(["Same next word", `${formatShare(measured.top1Agreement)} of the time`]);
  const change = original && !row.isBase ? measured.perplexity.value / original.perplexity.value - 1 : undefined;
  facts.push(["Perplexity", `${formatPerplexity(measured.perplexity.value)}${change === undefined ? "" : `, ${change < 0 ? "−" : "+"}${formatShare(Math.abs(change))}`}`]);
  const speed = formatRate(measured.generationTokensPerSecond);
  if (speed !== missing) {
    const ratio = original && original.generationTokensPerSecond > 0 && !row.isBase ? measured.generationTokensPerSecond / original.generationTokensPerSecond : undefined;
    facts.push(["Writes", `${speed} tokens/s${ratio === undefined ? "" : `, ${ratio.toFixed(1)}× the original`}`]);
  }
  return facts;
}
