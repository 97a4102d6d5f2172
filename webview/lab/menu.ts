import { h, icon, replace } from "../dom";
import { Button } from "../toolkit";

export interface MenuItem {
  readonly id: string;
  readonly icon: string;
  readonly title: string;
  readonly detail: string;
}
export interface MenuOptions {
  readonly label: string;
  readonly icon: string;
  readonly class?: string;
  /** An icon alone; the label is spoken. */
  readonly iconOnly?: boolean;
}

/** A button that opens choices with a sentence each: arrows walk, Enter takes, Escape closes. */
export class Menu {
  readonly #button: Button;
  readonly #list: HTMLElement;
  readonly element: HTMLElement;
  #signature = "";

  constructor(options: MenuOptions, private readonly onChoose: (id: string) => void) {
    const { label, iconOnly } = options;
    this.#button = new Button({ label, icon: options.icon, class: options.class, menu: !iconOnly, appearance: iconOnly ? "icon" : "secondary", onClick: () => this.#open() });
    this.#button.element.setAttribute("aria-haspopup", "menu");
    this.#list = h("div", { class: "menu", role: "menu", popover: "auto", "aria-label": label, on: { keydown: (event) => this.#onKey(event) } });
    this.#list.addEventListener("toggle", (event) => this.#button.element.setAttribute("aria-expanded", String((event as ToggleEvent).newState === "open")));
    this.element = h("span", { class: "menu-place" }, this.#button.element, this.#list);
  }

  update(items: readonly MenuItem[]): void {
    const signature = JSON.stringify(items);
    if (signature === this.#signature) return;
    this.#signature = signature;
    replace(this.#list, ...items.map((item) => this.#item(item)));
  }

  set disabled(disabled: boolean) {
    this.#button.disabled = disabled;
  }

  focus(): void {
    this.#button.element.focus();
  }

  #item({ id, icon: name, title, detail }: MenuItem): HTMLElement {
    return h("button", { type: "button", role: "menuitem", class: "menu-item", tabindex: -1, on: { click: () => this.#choose(id) } }, icon(name), h("span", {}, h("strong", {}, title), h("span", { class: "dim" }, detail)));
  }

  #open(): void {
    const anchor = this.#button.element.getBoundingClientRect();
    this.#list.showPopover();
    const { width, height } = this.#list.getBoundingClientRect();
    const below = anchor.bottom + 4 + height <= window.innerHeight || anchor.top < height + 4;
    this.#list.style.left = `${Math.max(8, Math.min(anchor.left, window.innerWidth - width - 8))}px`;
    this.#list.style.top = `${below ? Math.max(8, Math.min(anchor.bottom + 4, window.innerHeight - height - 8)) : anchor.top - height - 4}px`;
    this.#list.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  }

  #choose(id: string): void {
    this.#list.hidePopover();
    this.focus();
    this.onChoose(id);
  }

  #onKey(event: KeyboardEvent): void {
    const items = [...this.#list.querySelectorAll<HTMLElement>("[role=menuitem]")];
    const at = items.findIndex((item) => item === document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Tab") this.#list.hidePopover();
    if (next === undefined) return;
    event.preventDefault();
    items.at(next % items.length)?.focus();
  }
}
