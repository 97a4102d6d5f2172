import { h } from "../dom";
import { Field } from "./field";

/** A file by its path, written or found with the editor's own box. */
export class PathField {
  readonly #field: Field<string>;
  readonly element: HTMLElement;

  constructor(label: string, title: string, optional: boolean, onChange: (path: string | undefined) => void, onBrowse: () => void) {
    this.#field = new Field<string>({
      label, title, width: 26,
      read: (text) => (text.trim() === "" && !optional ? { problem: "Choose a file." } : { value: text.trim() || undefined }),
      show: (path) => path ?? "",
      onChange,
    });
    this.#field.element.classList.add("path");
    this.#field.input.after(h("button", { type: "button", class: "plain-button", "aria-label": `Browse: ${label}`, on: { click: onBrowse } }, "Browse…"));
    this.element = this.#field.element;
  }

  update(path: string | undefined, placeholder: string): void {
    this.#field.update(path, placeholder);
    this.#field.input.title = path ?? placeholder;
  }
}
