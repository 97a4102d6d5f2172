import type { Severity } from "../../src/protocol/documents";
import { h, replace, spoken } from "../dom";
import { Select } from "../select";
import { TextField } from "../toolkit";
import { severities } from "./grouping";
import { severityIcon, severityPlural } from "./severityIcon";
import type { Order, ViewState } from "./viewState";

export interface FilterListeners {
  onToggle(severity: Severity): void;
  onQuery(query: string): void;
  onOrder(order: Order): void;
}

const orderOptions: readonly { readonly value: Order; readonly label: string }[] = [
  { value: "severity", label: "By severity" },
  { value: "text", label: "In the text" },
  { value: "category", label: "By category" },
];

/** A chip per severity with its count, a field to search in, and the order of the list. */
export class FilterBar {
  readonly #chips = new Map<Severity, HTMLButtonElement>();
  readonly #field: TextField;
  readonly #order: Select<Order>;
  readonly element: HTMLElement;

  constructor(listeners: FilterListeners, query: string) {
    for (const severity of severities) {
      this.#chips.set(severity, h("button", { class: "filter-chip", type: "button", "data-severity": severity, on: { click: () => listeners.onToggle(severity) } }));
    }
    this.#field = new TextField({ placeholder: "Filter", label: "Filter clauses by category and words", value: query, onInput: (value) => listeners.onQuery(value) });
    this.#order = new Select<Order>("Order of the list", (order) => listeners.onOrder(order), "Order of the list");
    this.element = h(
      "div",
      { class: "filters", role: "group", "aria-label": "Filter and order" },
      h("div", { class: "filter-chips" }, ...this.#chips.values()),
      this.#field.element,
      this.#order.element,
    );
  }

  update(counts: Readonly<Record<Severity, number>>, state: ViewState): void {
    this.#field.value = state.query;
    this.#order.update(orderOptions, state.order);
    for (const [severity, chip] of this.#chips) {
      const shown = !state.hidden.includes(severity);
      chip.setAttribute("aria-pressed", String(shown));
      chip.title = `${shown ? "Hide" : "Show"} ${severityPlural(severity)}`;
      replace(chip, severityIcon(severity), h("span", { class: "count" }, String(counts[severity])), spoken(severityPlural(severity)));
    }
  }
}
