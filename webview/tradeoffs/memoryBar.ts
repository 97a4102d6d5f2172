import type { Machine, MemoryNeed } from "../../src/protocol/model";
import type { TradeoffRow } from "../../src/protocol/panels";
import { type Child, h } from "../dom";
import { formatBytes } from "../format";
import { type MemoryPart, memoryParts, totalOf } from "./memoryParts";

const names = ["weights", "cache", "compute"] as const satisfies readonly (keyof MemoryNeed)[];

/** One bar for each pool of memory that the row would use, and below them what the colours mean. */
export function memoryBars(row: TradeoffRow, machine: Machine): readonly Child[] {
  const parts = memoryParts(row, machine);
  const name = row.kind === "base" ? `${row.label} (original)` : row.label;
  if (parts.length === 0) return [h("h3", {}, h("strong", {}, name), h("span", { class: "dim" }, " · memory not known yet"))];
  return [
    h("h3", {}, h("strong", {}, name), ` needs ${parts.map((part) => needWords(part, row.gpuLayers)).join(" and ")}`),
    ...parts.map((part) => bar(part, parts.length > 1)),
    legend(parts),
  ];
}

function needWords({ pool, has, need }: MemoryPart, layers: TradeoffRow["gpuLayers"]): string {
  const share = pool === "GPU" && layers && layers.fit < layers.all ? ` (${layers.fit} of ${layers.all} layers)` : "";
  return `${formatBytes(totalOf(need), 1)} of ${formatBytes(has, 1)} ${pool === "GPU" ? "on the GPU" : "of RAM"}${share}`;
}

function bar({ pool, has, need }: MemoryPart, named: boolean): HTMLElement {
  const total = totalOf(need);
  const scale = Math.max(total, has, 1);
  const free = has - total;
  const words = [...names.filter((name) => need[name] > 0).map((name) => `${name} ${formatBytes(need[name])}`), leftWords(free)];
  const segment = (name: string, bytes: number): HTMLElement => h("i", { class: `segment ${name}`, title: `${name} ${formatBytes(bytes)}`, style: { "flex-grow": String(bytes / scale) } });
  const segments = [...names.filter((name) => need[name] > 0).map((name) => segment(name, need[name])), ...(free > 0 ? [segment("free", free)] : [])];
  const drawn = h("div", { class: free < 0 ? "memory-bar over" : "memory-bar", role: "img", "aria-label": `${pool}: ${words.join(", ")}` }, ...segments);
  return named ? h("div", { class: "memory-line" }, h("span", { class: "dim" }, pool), drawn) : drawn;
}

function legend(parts: readonly MemoryPart[]): HTMLElement {
  const key = (name: string, text: string): HTMLElement => h("span", { class: "legend-key" }, h("i", { class: `swatch ${name}`, "aria-hidden": "true" }), text);
  const sum = (name: keyof MemoryNeed): number => parts.reduce((bytes, { need }) => bytes + need[name], 0);
  const [only] = parts.length === 1 ? parts.map(({ has, need }) => has - totalOf(need)) : [];
  return h(
    "div",
    { class: "legend memory-legend dim", "aria-hidden": "true" },
    ...names.map((name) => key(name, `${name} ${formatBytes(sum(name), 1)}`)),
    only === undefined ? undefined : key(only < 0 ? "over" : "free", leftWords(only)),
  );
}

function leftWords(free: number): string {
  return free >= 0 ? `free ${formatBytes(free, 1)}` : `${formatBytes(-free, 1)} too much`;
}
