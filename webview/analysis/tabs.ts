import type { AnalysisSnapshot } from "../../src/protocol/panels";
import { h, replace } from "../dom";
import { formatCount } from "../format";
import { type Tab, tabs } from "./viewState";
import { tabCount, tabNames } from "./words";

/** The tabs of the ARIA pattern: one tab stop, the arrow keys choose, and each names its panel. */
export class Tabs {
  readonly #buttons = new Map<Tab, HTMLButtonElement>();
  readonly #panels = new Map<Tab, HTMLElement>();
  readonly element: HTMLElement;

  constructor(bodies: Readonly<Record<Tab, HTMLElement>>, private readonly onTab: (tab: Tab) => void) {
    for (const tab of tabs) {
      this.#buttons.set(tab, h("button", { type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": `panel-${tab}`, "data-tab": tab, on: { click: () => onTab(tab) } }));
      this.#panels.set(tab, h("div", { class: "tab-panel", role: "tabpanel", id: `panel-${tab}`, "aria-labelledby": `tab-${tab}`, "data-panel": tab }, bodies[tab]));
    }
    this.element = h("div", { class: "tabs", role: "tablist", "aria-label": "Parts of the analysis", on: { keydown: (event) => this.#onKey(event) } }, ...this.#buttons.values());
  }

  get panels(): readonly HTMLElement[] {
    return [...this.#panels.values()];
  }

  /** `active`: undefined where something else stands in the place of all of them. */
  update(active: Tab | undefined, snapshot: AnalysisSnapshot): void {
    this.element.hidden = active === undefined || !snapshot.document;
    for (const [tab, button] of this.#buttons) {
      const count = tabCount(tab, snapshot);
      const chosen = tab === active && button.ariaSelected !== "true";
      button.setAttribute("aria-selected", String(tab === active));
      button.tabIndex = tab === active ? 0 : -1;
      const words = count === undefined ? "" : formatCount(count);
      if (button.dataset["count"] !== words) {
        button.dataset["count"] = words;
        replace(button, tabNames[tab], words && " ", words && h("span", { class: "count" }, words));
      }
      if (chosen) button.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    for (const [tab, panel] of this.#panels) panel.hidden = tab !== active;
  }

  focus(): void {
    [...this.#buttons.values()].find(({ tabIndex }) => tabIndex === 0)?.focus();
  }

  #onKey(event: KeyboardEvent): void {
    const at = tabs.findIndex((tab) => this.#buttons.get(tab) === event.target);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    const tab = tabs[(next + tabs.length) % tabs.length];
    if (!tab) return;
    this.onTab(tab);
    this.#buttons.get(tab)?.focus();
  }
}
