import type { ShownFinding } from "../../src/protocol/panels";
import { h, replace } from "../dom";
import { categoryItem, findingItem } from "./findingItem";
import { groupFindings } from "./grouping";

export interface TreeListeners {
  onSelect(id: string): void;
  onReveal(id: string): void;
  onFold(category: string, collapsed: boolean): void;
}

/** Findings by category as a tree of the ARIA pattern: one tab stop, arrows walk, Enter goes to the passage. */
export class FindingTree {
  readonly element = h("div", { class: "findings", role: "tree", "aria-label": "Findings by category" });
  #signature = "";
  #key: string | undefined;

  constructor(private readonly listeners: TreeListeners) {
    this.element.addEventListener("click", (event) => this.#onClick(event));
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("focusin", (event) => event.target instanceof HTMLElement && this.#stopAt(event.target));
  }

  update(findings: readonly ShownFinding[], collapsed: readonly string[], selected: string | undefined): void {
    const signature = JSON.stringify([findings, collapsed, selected]);
    if (signature === this.#signature) return;
    this.#signature = signature;
    const focused = this.element.contains(document.activeElement);
    replace(
      this.element,
      ...groupFindings(findings).map((group) => categoryItem(group, !collapsed.includes(group.category), group.findings.map((finding) => findingItem(finding, finding.id === selected)))),
    );
    const items = this.#items();
    const stop = items.find((item) => keyOf(item) === this.#key) ?? items.find((item) => item.dataset["id"] === selected) ?? items[0];
    if (stop) this.#stopAt(stop);
    if (focused) stop?.focus({ preventScroll: true });
  }

  /** Brings a finding into view, e.g. when the caret enters its passage. */
  reveal(id: string): void {
    this.element.querySelector(`[data-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest" });
  }

  #onClick(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : undefined;
    const finding = target?.closest<HTMLElement>(".finding");
    const category = target?.closest(".category-head")?.closest<HTMLElement>(".category");
    if (finding) this.#open(finding);
    else if (category) this.#fold(category, category.getAttribute("aria-expanded") === "true");
  }

  #onKey(event: KeyboardEvent): void {
    const item = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[role=treeitem]") : null;
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    const items = this.#items();
    const at = items.indexOf(item);
    const category = item.dataset["category"];
    const expanded = item.getAttribute("aria-expanded") === "true";
    switch (event.key) {
      case "ArrowDown": this.#walk(items[at + 1]); break;
      case "ArrowUp": this.#walk(items[at - 1]); break;
      case "Home": this.#walk(items[0]); break;
      case "End": this.#walk(items.at(-1)); break;
      case "ArrowRight":
        if (category !== undefined && !expanded) this.#fold(item, false);
        else if (category !== undefined) this.#walk(items[at + 1]);
        break;
      case "ArrowLeft":
        if (category !== undefined && expanded) this.#fold(item, true);
        else this.#walk(item.parentElement?.closest<HTMLElement>(".category") ?? undefined);
        break;
      case "Enter":
      case " ":
        if (category !== undefined) this.#fold(item, expanded);
        else this.#open(item);
        break;
      default: return;
    }
    event.preventDefault();
  }

  #open(item: HTMLElement): void {
    const id = item.dataset["id"];
    if (id === undefined) return;
    this.#stopAt(item);
    this.listeners.onSelect(id);
    this.listeners.onReveal(id);
  }

  #fold(item: HTMLElement, collapsed: boolean): void {
    this.#stopAt(item);
    const category = item.dataset["category"];
    if (category !== undefined) this.listeners.onFold(category, collapsed);
  }

  #walk(item: HTMLElement | undefined): void {
    item?.focus();
    (item?.querySelector(".category-head") ?? item)?.scrollIntoView({ block: "nearest" });
  }

  /** Makes an item the tree's one tab stop. */
  #stopAt(item: HTMLElement): void {
    this.#key = keyOf(item);
    for (const other of this.#items()) other.tabIndex = other === item ? 0 : -1;
  }

  #items(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>("[role=treeitem]")];
  }
}

function keyOf(item: HTMLElement): string {
  return item.dataset["id"] ?? `category ${item.dataset["category"]}`;
}
