import type { InspectorSnapshot } from "../../src/protocol/modelPanels";
import { Changed } from "../changed";
import { h, icon, replace, spoken } from "../dom";
import { formatBits, formatBytes, formatCount, formatParameters } from "../format";
import { Button, progressRing, tag } from "../toolkit";
import { facts, unusable } from "./facts";
import { type Stop, lineageStops } from "./lineage";

export interface HeaderListeners {
  onCompare(): void;
  onQuantize(): void;
  onTradeoffs(): void;
}

const roles = { projector: "projector of a vision model", adapter: "LoRA adapter" } as const;

/** What the file is, where it came from, and what can be done with it. */
export class Header {
  readonly #name = h("h1", { class: "foreign" });
  readonly #tags = h("span", { class: "tags" });
  readonly #facts = h("dl", { class: "model-facts" });
  readonly #lineage = h("ol", { class: "lineage", "aria-label": "Where it came from" });
  readonly #loading = h("div", { class: "with-icon dim", role: "status", hidden: true }, progressRing(), "Reading the header…");
  readonly #compare: Button;
  readonly #quantize: Button;
  readonly #tradeoffs: Button;
  readonly #changed = new Changed();
  readonly element: HTMLElement;

  constructor(listeners: HeaderListeners) {
    this.#compare = new Button({ label: "Compare with…", icon: "compare-changes", class: "compare", onClick: listeners.onCompare });
    this.#quantize = new Button({ label: "Quantize…", icon: "fold", class: "quantize", onClick: listeners.onQuantize });
    this.#tradeoffs = new Button({ label: "Show Tradeoffs", icon: "graph-scatter", class: "tradeoffs", onClick: listeners.onTradeoffs });
    const actions = h("div", { class: "header-actions" }, this.#compare.element, this.#quantize.element, this.#tradeoffs.element);
    this.element = h("header", {}, h("div", { class: "header-row" }, h("div", { class: "model" }, this.#name, this.#tags), actions), this.#lineage, this.#facts, this.#loading);
  }

  update({ name, inspection, loading = false, problem }: InspectorSnapshot): void {
    this.#loading.hidden = !loading;
    const model = inspection?.model;
    const unread = inspection ? undefined : (problem ?? "Its header is not read yet.");
    allow(this.#compare, unread);
    allow(this.#quantize, unread ?? unusable(inspection));
    allow(this.#tradeoffs, unread ?? unusable(inspection));
    if (!this.#changed.since([name, model, inspection?.bitsPerWeight, inspection?.version, inspection?.bigEndian])) return;
    this.#name.textContent = name;
    this.#name.title = model?.path ?? name;
    for (const part of [this.#tags, this.#facts, this.#lineage]) part.hidden = !model;
    if (!model || !inspection) return;
    replace(
      this.#tags,
      model.role && model.role !== "model" ? tag(roles[model.role]) : undefined,
      tag(model.type === "unknown" ? "level unknown" : model.type, "Quantization level"),
      tag(formatBytes(model.bytes), `${formatCount(model.bytes)} bytes on disk`),
      tag(formatParameters(model.parameters), `${formatCount(model.parameters)} weights`),
      tag(`${formatBits(inspection.bitsPerWeight)} bits per weight`, "Average over all tensors, norms included"),
    );
    const family = model.family === "" ? [] : [{ name: "Family", value: model.family }];
    replace(this.#facts, ...[...family, ...facts(inspection)].map(({ name: what, value, title }: { name: string; value: string; title?: string }) => h("div", { title }, h("dt", {}, what), h("dd", { class: "foreign" }, value))));
    const stops = lineageStops(model);
    this.#lineage.hidden = stops.length === 0;
    replace(this.#lineage, ...stops.map(stopElement));
  }
}

/** A button that does nothing says why. */
function allow(button: Button, why: string | undefined): void {
  button.disabled = why !== undefined;
  button.title = why ?? "";
}

function stopElement({ kind, name, step }: Stop): HTMLElement {
  const words = name ?? (kind === "base" ? "base not known" : "");
  return h(
    "li",
    { class: kind },
    step ? h("span", { class: "step" }, icon("arrow-right"), h("span", { class: "foreign" }, step), words ? icon("arrow-right") : undefined) : kind === "base" ? undefined : icon("arrow-right"),
    words ? h("span", { class: name ? "stop foreign" : "stop dim" }, kind === "this" ? spoken("this file: ") : undefined, words) : undefined,
  );
}
