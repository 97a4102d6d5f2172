import type { FindingsComparison } from "../../src/protocol/panels";
import { h, icon, replace, spoken } from "../dom";
import { plural } from "../format";
import { LongList } from "../longList";
import { Button } from "../toolkit";
import { type ComparisonRow, comparedRows, countSides, differenceWords, sideOf, sides } from "./comparison";
import type { OnPlace } from "./quotes";
import { severityIcon, severityName } from "./severityIcon";
import { quoted, sureWords } from "./words";

export interface ComparisonListeners {
  onPlace: OnPlace;
  onDifferencesOnly(only: boolean): void;
  onClose(): void;
}

const marks = { both: "", first: "diff-removed", second: "diff-added" } as const;

/** What two readings of the document found, as a diff: the second model against the first. */
export class ComparisonView {
  readonly #title = h("h2", { class: "comparison-title" });
  readonly #counts = h("div", { class: "comparison-counts" });
  readonly #only = h("input", { type: "checkbox", class: "tick" });
  readonly #body = h("tbody", {});
  readonly #names = { first: h("th", { scope: "col", class: "numeric" }), second: h("th", { scope: "col", class: "numeric" }) };
  readonly #list: LongList<ComparisonRow>;
  readonly #none = h("p", { class: "dim none" });
  readonly element: HTMLElement;

  constructor(listeners: ComparisonListeners) {
    this.#list = new LongList<ComparisonRow>(this.#body, (row) => `${row.category} ${row.start} ${row.end}`, (row) => rowElement(row, listeners.onPlace));
    this.#only.addEventListener("change", () => listeners.onDifferencesOnly(this.#only.checked));
    const close = new Button({ label: "Close", icon: "close", class: "close-comparison small", title: "Back to the analysis", onClick: listeners.onClose });
    const head = h("thead", {}, h("tr", {}, h("th", { scope: "col" }, spoken("Found by")), h("th", { scope: "col" }, "Clause"), this.#names.first, this.#names.second, h("th", { scope: "col", class: "numeric", title: "Probability of the second model less that of the first, in hundredths" }, "±"), h("th", { scope: "col", class: "numeric" }, "Line")));
    this.element = h(
      "section",
      { class: "comparison", "aria-label": "Comparison of findings", hidden: true },
      h("div", { class: "comparison-head" }, this.#title, close.element),
      h("div", { class: "comparison-bar" }, this.#counts, h("label", { class: "only" }, this.#only, "Differences only")),
      h("div", { class: "scroll" }, this.#none, h("table", { "aria-label": "Findings of both models" }, head, this.#body), this.#list.more),
    );
  }

  update(comparison: FindingsComparison | undefined, differencesOnly: boolean): void {
    this.element.hidden = comparison === undefined;
    if (!comparison) return;
    const { first, second, rows } = comparison;
    replace(this.#title, h("span", { class: "first-name" }, first), h("span", { class: "dim" }, " against "), h("span", { class: "second-name" }, second));
    for (const [side, cell] of Object.entries(this.#names)) {
      cell.textContent = side === "first" ? "First" : "Second";
      cell.title = side === "first" ? first : second;
    }
    const counts = countSides(rows);
    const names = { both: "both", first: `only ${first}`, second: `only ${second}` };
    replace(this.#counts, ...sides.map((side) => h("span", { class: `side-count ${side}`, title: `Found by ${names[side]}` }, side === "both" ? icon("check") : icon(marks[side]), h("b", {}, String(counts[side])), ` ${names[side]}`)));
    this.#only.checked = differencesOnly;
    const shown = comparedRows(rows, differencesOnly);
    this.#none.textContent = shown.length > 0 ? "" : rows.length === 0 ? "Neither model found a clause." : `No differences: both found the same ${plural(rows.length, "clause")}.`;
    this.#list.update(shown);
  }
}

function rowElement(row: ComparisonRow, onPlace: OnPlace): HTMLElement {
  const side = sideOf(row);
  const spokenSide = { both: "both", first: "only the first", second: "only the second" }[side];
  const difference = differenceWords(row);
  const go = (): void => onPlace(row.start, row.end);
  return h(
    "tr",
    { class: `compared ${side}`, "data-side": side, title: quoted(row.quote), on: { click: go } },
    h("td", { class: "mark" }, marks[side] ? icon(marks[side]) : undefined, spoken(spokenSide)),
    h(
      "th",
      { scope: "row" },
      h("span", { class: "compared-name" }, severityIcon(row.severity), spoken(severityName(row.severity)), h("button", { class: "name-link ellipsis", type: "button", on: { click: (event) => { event.stopPropagation(); go(); } } }, row.category)),
      h("span", { class: "compared-quote ellipsis dim" }, quoted(row.quote)),
    ),
    h("td", { class: "numeric" }, sureWords(row.firstProbability)),
    h("td", { class: "numeric" }, sureWords(row.secondProbability)),
    h("td", { class: difference.startsWith("−") ? "numeric poor" : difference.startsWith("+") ? "numeric good" : "numeric dim" }, difference),
    h("td", { class: "numeric dim" }, String(row.line)),
  );
}
