import { h } from "../dom";
import type { Read } from "./fieldValues";

export interface FieldOptions<T> {
  readonly label: string;
  readonly title?: string;
  /** Stands after the field. */
  readonly unit?: string;
  /** Characters. */
  readonly width?: number;
  read(text: string): Read<T>;
  show(value: T | undefined): string;
  onChange(value: T | undefined): void;
}

/** A line to write a value in. What is being written stays when the panel is drawn again; what cannot be is told below, once the person leaves it. */
export class Field<T> {
  readonly input: HTMLInputElement;
  readonly #problem: HTMLElement;
  readonly element: HTMLElement;
  #told: string | undefined;

  constructor(private readonly options: FieldOptions<T>) {
    const { label, title, unit, width = 8 } = options;
    this.input = h("input", {
      class: "input", type: "text", title, "aria-label": unit ? `${label}, ${unit}` : label, spellcheck: "false", autocomplete: "off", style: { width: `calc(${width}ch + 14px)` },
      on: { change: () => this.#commit(), input: () => this.#onInput(), keydown: (event) => this.#onKey(event) },
    });
    this.#problem = h("span", { class: "field-problem", role: "alert" });
    this.element = h("div", { class: "field" }, h("span", { class: "field-label", title, "aria-hidden": "true" }, label), h("span", { class: "field-line" }, this.input, unit ? h("span", { class: "dim", "aria-hidden": "true" }, unit) : undefined), this.#problem);
  }

  update(value: T | undefined, placeholder = ""): void {
    if (this.input.placeholder !== placeholder) this.input.placeholder = placeholder;
    const text = this.options.show(value);
    if (text === this.#told) return;
    const writing = document.activeElement === this.input && this.input.value !== (this.#told ?? "");
    this.#told = text;
    if (writing && this.#isSame(text)) return;
    this.input.value = text;
    this.#tell(undefined);
  }

  /** Forgets what was written and not taken. */
  reset(): void {
    this.input.value = this.#told ?? "";
    this.#tell(undefined);
  }

  #commit(): void {
    const read = this.options.read(this.input.value);
    this.#tell(read.problem);
    if (read.problem !== undefined) return;
    const text = this.options.show(read.value);
    this.input.value = text;
    if (text === this.#told) return;
    this.#told = text;
    this.options.onChange(read.value);
  }

  /** Nobody is corrected while writing; what was wrong is right at once. */
  #onInput(): void {
    if (this.input.hasAttribute("aria-invalid")) this.#tell(this.options.read(this.input.value).problem);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") this.reset();
  }

  #isSame(text: string): boolean {
    const read = this.options.read(this.input.value);
    return read.problem !== undefined || this.options.show(read.value) === text;
  }

  #tell(problem: string | undefined): void {
    if (this.#problem.textContent !== (problem ?? "")) this.#problem.textContent = problem ?? "";
    if (problem === undefined) this.input.removeAttribute("aria-invalid");
    else this.input.setAttribute("aria-invalid", "true");
    this.element.classList.toggle("invalid", problem !== undefined);
  }
}
