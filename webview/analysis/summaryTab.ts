import type { SummaryPoint } from "../../src/protocol/documents";
import type { AnalysisSnapshot } from "../../src/protocol/panels";
import { h, replace } from "../dom";
import { LongList } from "../longList";
import { partEmptyState } from "./emptyState";
import { type OnPlace, quoteBlock } from "./quotes";
import { WrittenBar, type WrittenListeners } from "./writtenBar";

/** What the document says in a few points, each with the passages that it rests on. */
export class SummaryTab {
  readonly #bar: WrittenBar;
  readonly #points = h("ol", { class: "points" });
  readonly #list: LongList<SummaryPoint>;
  readonly #empty = h("div", { class: "empty-frame" });
  readonly element: HTMLElement;

  constructor(private readonly listeners: WrittenListeners & { onPlace: OnPlace; onAnalyse(): void }) {
    this.#bar = new WrittenBar("summary", "Summarise", listeners);
    this.#list = new LongList<SummaryPoint>(this.#points, (_, index) => String(index), ({ text, quotes }) => h("li", {}, h("p", {}, text), ...quotes.map((quote) => quoteBlock(quote, listeners.onPlace))));
    this.element = h("div", { class: "tab-body" }, this.#bar.element, h("div", { class: "scroll" }, this.#empty, this.#points, this.#list.more));
  }

  update(snapshot: AnalysisSnapshot): void {
    const points = snapshot.summary ?? [];
    this.#bar.update(snapshot, points.length > 0);
    this.#points.hidden = points.length === 0;
    this.#list.update(points);
    replace(this.#empty, points.length > 0 ? undefined : partEmptyState(snapshot, "summary", this.listeners.onAnalyse));
  }
}
