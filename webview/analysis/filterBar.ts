import type { Severity } from "../../src/protocol/model";
import { h, replace, spoken } from "../dom";
import { TextField } from "../toolkit";
import { type Filter, severities } from "./grouping";
import { severityIcon, severityPlural } from "./severityIcon";

export interface FilterListeners {
  onToggle(severity: Severity): void;
  onQuery(query: string): void;
}

/** A chip per severity with its count, and a field to search in. */
export class FilterBar {
  readonly #chips = new Map<Severity, HTMLButtonElement>();
  readonly #field: TextField;
  readonly element: HTMLElement;

  constructor(listeners: FilterListeners, query: string) {
    for (const severity of severities) {
      this.#chips.set(severity, h("button", { class: "filter-chip", type: "button", "data-severity": severity, on: { click: () => listeners.onToggle(severity) } }));
    }
    this.#field = new TextField({ placeholder: "Filter", label: "Filter findings by text", value: query, onInput: (value) => listeners.onQuery(value) });
    this.element = h(
      "div",
      { class: "filters", role: "group", "aria-label": "Filter" },
      h("div", { class: "filter-chips" }, ...this.#chips.values()),
      this.#field.element,
    );
  }

  update(counts: Readonly<Record<Severity, number>>, filter: Filter): void {
    this.#field.value = filter.query;
    for (const [severity, chip] of this.#chips) {
      const shown = !filter.hidden.includes(severity);
      chip.setAttribute("aria-pressed", String(shown));
      chip.title = `${shown ? "Hide" : "Show"} ${severityPlural(severity)}`;
      replace(chip, severityIcon(severity), h("span", { class: "count" }, String(counts[severity])), spoken(severityPlural(severity)));
    }
  }
}
