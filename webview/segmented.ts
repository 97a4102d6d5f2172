import { h } from "./dom";

/** A few choices side by side, one of them taken: a radio group, so the arrow keys choose and Tab leaves. */
export class Segmented<V extends string> {
  readonly #buttons = new Map<V, HTMLButtonElement>();
  readonly element: HTMLElement;

  constructor(label: string, options: readonly { readonly value: V; readonly label: string; readonly title?: string }[], private readonly onChange: (value: V) => void) {
    for (const { value, label: words, title } of options) {
      this.#buttons.set(value, h("button", { type: "button", role: "radio", title, "data-value": value, on: { click: () => onChange(value) } }, words));
    }
    this.element = h("div", { class: "segmented", role: "radiogroup", "aria-label": label, on: { keydown: (event) => this.#onKey(event) } }, ...this.#buttons.values());
  }

  update(value: V): void {
    for (const [other, button] of this.#buttons) {
      button.setAttribute("aria-checked", String(other === value));
      button.tabIndex = other === value ? 0 : -1;
    }
  }

  label(value: V, words: string): void {
    const button = this.#buttons.get(value);
    if (button && button.textContent !== words) button.textContent = words;
  }

  /** A choice that there is not for now. */
  hide(value: V, hidden: boolean): void {
    const button = this.#buttons.get(value);
    if (button) button.hidden = hidden;
  }

  #onKey(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const values = [...this.#buttons].filter(([, { hidden }]) => !hidden).map(([value]) => value);
    const at = values.findIndex((value) => this.#buttons.get(value) === document.activeElement);
    const next = values[(at + step + values.length) % values.length];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    this.onChange(next);
    this.#buttons.get(next)?.focus();
  }
}
