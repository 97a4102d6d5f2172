import { h } from "../dom";

/** The room of a table: where it is too wide it scrolls, by keys too, and fades out at the side where more is. */
export class ScrolledTable {
  readonly element: HTMLElement;

  constructor(private readonly name: string, table: HTMLElement) {
    this.element = h("div", { class: "table-frame", on: { scroll: () => this.#show() } }, table);
    const watcher = new ResizeObserver(() => requestAnimationFrame(() => this.#show()));
    watcher.observe(this.element);
    watcher.observe(table);
  }

  #show(): void {
    const { scrollLeft, scrollWidth, clientWidth } = this.element;
    const scrolls = scrollWidth > clientWidth + 1;
    this.element.classList.toggle("more-left", scrolls && scrollLeft > 1);
    this.element.classList.toggle("more-right", scrolls && scrollLeft + clientWidth < scrollWidth - 1);
    if (scrolls === this.element.hasAttribute("tabindex")) return;
    if (scrolls) this.#reach();
    else for (const name of ["tabindex", "role", "aria-label"]) this.element.removeAttribute(name);
  }

  #reach(): void {
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "region");
    this.element.setAttribute("aria-label", `${this.name}, scrolls sideways`);
  }
}
