import { h } from "./dom";
import { plural } from "./format";

/** Items drawn at first, and added by each "Show more". */
export const listStep = 300;

interface Drawn {
  readonly signature: string;
  readonly element: HTMLElement;
}

/**
 * Children of one parent by key: an unchanged item keeps its element, and with it focus and hover. Thousands of items
 * stay usable, because only some hundreds are drawn until the person asks for more.
 */
export class LongList<T> {
  /** Stands after the parent; hidden while all is drawn. */
  readonly more: HTMLButtonElement;
  #items: readonly T[] = [];
  #limit = listStep;
  #drawn: ReadonlyMap<string, Drawn> = new Map();

  /** Whatever `make` draws must stand in the item, for an item that is the same as before is not drawn again. */
  constructor(private readonly parent: HTMLElement, private readonly keyOf: (item: T, index: number) => string, private readonly make: (item: T) => HTMLElement) {
    this.more = h("button", { class: "link show-more", type: "button", hidden: true, on: { click: () => this.#showMore() } });
  }

  update(items: readonly T[]): void {
    this.#items = items;
    this.#draw();
  }

  /** Draws at least up to the item at `index`. */
  include(index: number): void {
    const limit = limitFor(index, this.#limit);
    if (limit === this.#limit) return;
    this.#limit = limit;
    this.#draw();
  }

  #showMore(): void {
    const next = this.#limit;
    this.#limit += listStep;
    this.#draw();
    // The button may be gone: the focus goes on to what it brought.
    const first = this.parent.children[next];
    const target = first?.matches("[tabindex]") ? first : first?.querySelector("button");
    if (target instanceof HTMLElement) target.focus();
  }

  #draw(): void {
    const drawn = new Map<string, Drawn>();
    for (const [index, item] of this.#items.slice(0, this.#limit).entries()) {
      const key = this.keyOf(item, index);
      const signature = JSON.stringify(item);
      const old = this.#drawn.get(key);
      drawn.set(key, old?.signature === signature ? old : { signature, element: this.make(item) });
    }
    this.#drawn = drawn;
    arrange(this.parent, [...drawn.values()].map(({ element }) => element));
    const rest = this.#items.length - this.#limit;
    this.more.hidden = rest <= 0;
    this.more.textContent = moreWords(rest);
  }
}

/** The number of items to draw so that the item at `index` is among them: whole steps, never fewer than now. */
export function limitFor(index: number, limit: number): number {
  return Math.max(limit, listStep * Math.ceil((index + 1) / listStep));
}

export function moreWords(rest: number): string {
  return rest > listStep ? `Show ${listStep} more (${plural(rest, "line")} not shown)` : `Show ${rest} more`;
}

/** Makes `elements` the children of `parent`, moving only those that must move: a moved element loses focus. */
function arrange(parent: HTMLElement, elements: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(elements);
  for (const child of Array.from(parent.children)) if (!wanted.has(child)) child.remove();
  let at: Element | null = parent.firstElementChild;
  for (const element of elements) {
    if (at === element) at = at.nextElementSibling;
    else parent.insertBefore(element, at);
  }
}
