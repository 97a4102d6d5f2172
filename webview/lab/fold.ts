import { h, icon } from "../dom";

/** Something that is shown on demand; its head says in short what is inside. */
export class Fold {
  readonly #summary = h("span", { class: "dim ellipsis" });
  readonly #element: HTMLDetailsElement;

  constructor(title: string, onToggle: (open: boolean) => void, ...children: readonly HTMLElement[]) {
    this.#element = h("details", { class: "fold" }, h("summary", {}, icon("chevron-right", "fold-mark"), h("span", { class: "fold-title" }, title), this.#summary), h("div", { class: "fold-body" }, ...children));
    this.#element.addEventListener("toggle", () => onToggle(this.#element.open));
  }

  get element(): HTMLElement {
    return this.#element;
  }

  set open(open: boolean) {
    if (this.#element.open !== open) this.#element.open = open;
  }

  update(summary: string): void {
    if (this.#summary.textContent !== summary) this.#summary.textContent = summary;
  }
}
