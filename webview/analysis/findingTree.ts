import { h } from "../dom";
import { LongList, listStep } from "../longList";
import { categoryItem, findingItem } from "./findingItem";
import { type Row, rowKey } from "./rows";

export interface TreeListeners {
  onSelect(id: string): void;
  onReveal(id: string): void;
  onReject(id: string): void;
  onFold(category: string, collapsed: boolean): void;
}

/** Findings as a list or, by category, as a tree of the ARIA pattern: one tab stop, arrows walk, Enter goes to the passage, Delete rejects. */
export class FindingTree {
  readonly element = h("div", { class: "findings", role: "tree", "aria-label": "Clauses" });
  readonly #list = new LongList<Row>(this.element, rowKey, (row) => (row.kind === "category" ? categoryItem(row) : findingItem(row)));
  readonly more = this.#list.more;
  #rows: readonly Row[] = [];
  /** Of the tree's one tab stop. */
  #key: string | undefined;

  constructor(private readonly listeners: TreeListeners) {
    this.element.addEventListener("click", (event) => this.#onClick(event));
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("focusin", (event) => this.#stopAt(itemOf(event.target)));
  }

  update(rows: readonly Row[]): void {
    const focused = this.element.contains(document.activeElement);
    const at = this.#items().findIndex((item) => keyOf(item) === this.#key);
    this.#rows = rows;
    this.element.classList.toggle("long", rows.length > listStep);
    this.#list.update(rows);
    const items = this.#items();
    // A rejected finding hands the focus to the one that takes its place.
    const stop = items.find((item) => keyOf(item) === this.#key) ?? items.find((item) => item.ariaSelected === "true") ?? items[Math.max(0, Math.min(at, items.length - 1))];
    this.#stopAt(stop);
    if (focused && !this.element.contains(document.activeElement)) stop?.focus({ preventScroll: true });
  }

  /** Brings a finding into view, e.g. when the caret enters its passage. */
  reveal(id: string): void {
    this.#list.include(this.#rows.findIndex((row) => rowKey(row) === id));
    const show = (): void => this.element.querySelector(`[data-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest" });
    show();
    // Lines that come into sight take their true heights then: once more when they have.
    requestAnimationFrame(show);
  }

  #onClick(event: MouseEvent): void {
    const item = itemOf(event.target);
    if (!item) return;
    if (isReject(event.target)) this.#reject(item);
    else if (item.dataset["category"] !== undefined) this.#fold(item, item.ariaExpanded === "true");
    else this.#open(item);
  }

  #onKey(event: KeyboardEvent): void {
    const item = itemOf(event.target);
    if (!item || isReject(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const items = this.#items();
    const at = items.indexOf(item);
    const category = item.dataset["category"];
    const expanded = item.ariaExpanded === "true";
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
        else this.#walk(items.slice(0, at).findLast((other) => other.dataset["category"] !== undefined));
        break;
      case "Enter":
      case " ":
        if (category !== undefined) this.#fold(item, expanded);
        else this.#open(item);
        break;
      case "Delete": this.#reject(item); break;
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

  #reject(item: HTMLElement): void {
    const id = item.dataset["id"];
    if (id === undefined) return;
    item.focus();
    this.listeners.onReject(id);
  }

  #fold(item: HTMLElement, collapsed: boolean): void {
    this.#stopAt(item);
    const category = item.dataset["category"];
    if (category !== undefined) this.listeners.onFold(category, collapsed);
  }

  #walk(item: HTMLElement | undefined): void {
    item?.focus();
    item?.scrollIntoView({ block: "nearest" });
  }

  /** Makes an item the tree's one tab stop. */
  #stopAt(item: HTMLElement | undefined): void {
    if (!item) return;
    this.#key = keyOf(item);
    for (const other of this.#items()) other.tabIndex = other === item ? 0 : -1;
  }

  #items(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>("[role=treeitem]")];
  }
}

function itemOf(target: EventTarget | null): HTMLElement | undefined {
  return (target instanceof Element && target.closest<HTMLElement>("[role=treeitem]")) || undefined;
}

function isReject(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(".reject") !== null;
}

function keyOf(item: HTMLElement): string {
  return item.dataset["id"] ?? `category ${item.dataset["category"]}`;
}
