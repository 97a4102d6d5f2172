import { h } from "../dom";
import { formatShare } from "../format";
import { Field } from "./field";
import { type NumberRule, readNumber, showNumber } from "./fieldValues";

interface NumberOptions {
  readonly label: string;
  readonly title?: string;
  readonly unit?: string;
  readonly width?: number;
  readonly rule: NumberRule;
}

export function numberField({ rule, width = 6, ...options }: NumberOptions, onChange: (value: number | undefined) => void): Field<number> {
  return new Field<number>({ ...options, width, onChange, read: (text) => readNumber(text, rule), show: (value) => showNumber(value, rule) });
}

/** A control with its name above it. */
export function labelled(label: string, control: HTMLElement, title?: string): HTMLElement {
  return h("div", { class: "field" }, h("span", { class: "field-label", title, "aria-hidden": "true" }, label), h("span", { class: "field-line" }, control));
}

export class Tick {
  readonly #input: HTMLInputElement;
  readonly element: HTMLElement;

  constructor(label: string, onChange: (ticked: boolean) => void, title?: string) {
    this.#input = h("input", { type: "checkbox", class: "tick", on: { change: () => onChange(this.#input.checked) } });
    this.element = h("label", { class: "tick-line", title }, this.#input, label);
  }

  update(ticked: boolean, disabled = false): void {
    if (this.#input.checked !== ticked) this.#input.checked = ticked;
    this.#input.disabled = disabled;
  }
}

/** A share from 0 to 1 by a slider in steps of a hundredth; told when it is let go. */
export class Slider {
  readonly #input: HTMLInputElement;
  readonly #words = h("output", { class: "slider-words" });
  readonly element: HTMLElement;
  #told: number | undefined;

  constructor(label: string, range: { readonly least: number; readonly most: number }, onChange: (share: number) => void, title?: string) {
    this.#input = h("input", {
      type: "range", class: "slider", min: 100 * range.least, max: 100 * range.most, step: 1, "aria-label": label,
      on: { input: () => this.#show(), change: () => onChange(Number(this.#input.value) / 100) },
    });
    this.element = h("div", { class: "field" }, h("span", { class: "field-label", title, "aria-hidden": "true" }, label), h("span", { class: "field-line" }, this.#input, this.#words));
  }

  update(share: number, disabled = false): void {
    this.#input.disabled = disabled;
    if (share === this.#told) return;
    this.#told = share;
    this.#input.value = String(Math.round(100 * share));
    this.#show();
  }

  #show(): void {
    const words = formatShare(Number(this.#input.value) / 100, 0);
    this.#words.textContent = words;
    this.#input.setAttribute("aria-valuetext", words);
  }
}

/** Names of which any number can be taken. */
export class Chips {
  readonly #buttons: ReadonlyMap<string, HTMLButtonElement>;
  readonly element: HTMLElement;
  #taken: readonly string[] = [];

  constructor(label: string, names: readonly string[], onChange: (taken: readonly string[]) => void) {
    const toggle = (name: string): void => onChange(names.filter((other) => (other === name) !== this.#taken.includes(other)));
    this.#buttons = new Map(names.map((name) => [name, h("button", { type: "button", class: "toggle-chip", on: { click: () => toggle(name) } }, name)]));
    this.element = h("div", { class: "field wide" }, h("span", { class: "field-label", "aria-hidden": "true" }, label), h("span", { class: "chips", role: "group", "aria-label": label }, ...this.#buttons.values()));
  }

  update(taken: readonly string[]): void {
    this.#taken = taken;
    for (const [name, button] of this.#buttons) button.setAttribute("aria-pressed", String(taken.includes(name)));
  }
}
