import type { AnalysisSnapshot } from "../../src/protocol/panels";
import { h, replace } from "../dom";
import { partEmptyState } from "./emptyState";
import { PlaceTable } from "./placeTable";
import type { OnPlace } from "./quotes";
import { groupFacts } from "./statements";
import { WrittenBar, type WrittenListeners } from "./writtenBar";

/** Parties, dates, amounts, terms and governing law, each with its place in the text. */
export class FactsTab {
  readonly #bar: WrittenBar;
  readonly #table: PlaceTable;
  readonly #empty = h("div", { class: "empty-frame" });
  readonly element: HTMLElement;

  constructor(private readonly listeners: WrittenListeners & { onPlace: OnPlace; onAnalyse(): void }) {
    this.#bar = new WrittenBar("facts", "Read", listeners);
    this.#table = new PlaceTable("Facts", ["Fact", "Value"], "fact", listeners.onPlace);
    this.element = h("div", { class: "tab-body" }, this.#bar.element, h("div", { class: "scroll" }, this.#empty, this.#table.element));
  }

  update(snapshot: AnalysisSnapshot): void {
    const facts = snapshot.facts ?? [];
    this.#bar.update(snapshot, facts.some(({ source }) => source === "model"));
    this.#table.update(groupFacts(facts).map(({ title, items }) => ({ title, items: items.map(({ label, value, quote, source }) => ({ first: label, second: value, quote, source })) })));
    replace(this.#empty, facts.length > 0 ? undefined : partEmptyState(snapshot, "facts", this.listeners.onAnalyse));
  }
}
