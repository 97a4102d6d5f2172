import type { Quote, Source } from "../../src/protocol/documents";
import { h } from "../dom";
import { plural } from "../format";
import { LongList } from "../longList";
import { type OnPlace, placeButton, sourceMark, unverifiedTag } from "./quotes";
import type { Group } from "./statements";

/** One statement: two cells of words, and the place that it rests on. */
export interface PlaceRow {
  readonly first: string;
  readonly second: string;
  readonly quote: Quote;
  readonly source: Source;
}
type Line = { readonly title: string; readonly count: number } | PlaceRow;

/** Statements in groups, each with the way to its place in the text; a click anywhere in a row goes there. */
export class PlaceTable {
  readonly #body = h("tbody", {});
  readonly #list: LongList<Line>;
  readonly element: HTMLElement;

  /** `noun`: what one row is, e.g. "fact". */
  constructor(label: string, headings: readonly [string, string], private readonly noun: string, private readonly onPlace: OnPlace) {
    this.#list = new LongList<Line>(this.#body, (_, index) => String(index), (line) => ("title" in line ? this.#heading(line.title, line.count) : this.#row(line)));
    this.element = h(
      "div",
      { class: "place-table" },
      h(
        "table",
        { "aria-label": label },
        h("colgroup", {}, h("col", { class: "first-column" }), h("col", {}), h("col", { class: "where-column" })),
        h("thead", { class: "spoken" }, h("tr", {}, ...headings.map((heading) => h("th", { scope: "col" }, heading)), h("th", { scope: "col" }, "Place"))),
        this.#body,
      ),
      this.#list.more,
    );
  }

  update(groups: readonly Group<PlaceRow>[]): void {
    this.element.hidden = groups.length === 0;
    this.#list.update(groups.flatMap(({ title, items }): readonly Line[] => [{ title, count: items.length }, ...items]));
  }

  #heading(title: string, count: number): HTMLElement {
    return h("tr", { class: "group-row" }, h("th", { colspan: 3, scope: "rowgroup" }, title, " ", h("span", { class: "dim", title: plural(count, this.noun) }, String(count))));
  }

  #row({ first, second, quote, source }: PlaceRow): HTMLElement {
    const found = quote.match !== "none";
    const go = (event: MouseEvent): void => {
      if (found && !(event.target instanceof Element && event.target.closest("button"))) this.onPlace(quote.start, quote.end);
    };
    return h(
      "tr",
      { class: found ? "statement" : "statement unverified", title: found ? undefined : "The words that this rests on were not found in the text.", on: { click: go } },
      h("th", { scope: "row", class: "first" }, first),
      h("td", { class: "second" }, second, second && !found && " ", unverifiedTag(quote)),
      h("td", { class: "where" }, h("div", {}, placeButton(quote, this.onPlace), sourceMark(source))),
    );
  }
}
