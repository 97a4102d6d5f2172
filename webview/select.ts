import { h, replace } from "./dom";

export interface Option<V extends string> {
  readonly value: V;
  readonly label: string;
}

/** A native list to choose from: the toolkit's is unreadable in high contrast and cut off by the frame of a small panel. */
export class Select<V extends string> {
  readonly element: HTMLSelectElement;
  #options: readonly Option<V>[] = [];
  #signature = "";

  /** `label` is spoken. */
  constructor(label: string, onChange: (value: V) => void, title?: string) {
    this.element = h("select", { class: "select", "aria-label": label, title, on: { change: () => this.#choose(onChange) } });
  }

  /** Leaves the list alone while nothing changes, so that a refresh does not close it. */
  update(options: readonly Option<V>[], value: V): void {
    const signature = JSON.stringify(options);
    if (signature !== this.#signature) {
      this.#signature = signature;
      this.#options = options;
      replace(this.element, ...options.map((option) => h("option", { value: option.value }, option.label)));
    }
    if (this.element.value !== value) this.element.value = value;
  }

  #choose(onChange: (value: V) => void): void {
    const option = this.#options.find(({ value }) => value === this.element.value);
    if (option) onChange(option.value);
  }
}
