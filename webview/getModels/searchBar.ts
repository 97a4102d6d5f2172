import type { HubFormat } from "../../src/protocol/hub";
import { h } from "../dom";
import { Segmented } from "../segmented";
import { Button, TextField, progressRing } from "../toolkit";
import { formatNames } from "./words";

export type Format = HubFormat | "all";

export interface SearchListeners {
  onQuery(query: string): void;
  onFormat(format: Format): void;
  onSearch(): void;
}

/** What to search for and in which format. Nothing is sent while it is written. */
export class SearchBar {
  readonly #field: TextField;
  readonly #formats: Segmented<Format>;
  readonly #button: Button;
  readonly #searching = h("span", { class: "with-icon dim", role: "status", hidden: true }, progressRing(), "Searching…");
  readonly element: HTMLElement;

  constructor(listeners: SearchListeners) {
    this.#field = new TextField({ placeholder: "Search models", label: "Search models", value: "", onInput: listeners.onQuery, onEnter: listeners.onSearch });
    this.#field.element.classList.add("search");
    this.#button = new Button({ label: "Search", appearance: "primary", icon: "search", class: "search-button", onClick: listeners.onSearch });
    this.#formats = new Segmented<Format>("Format", [
      { value: "all", label: "All" },
      { value: "gguf", label: formatNames.gguf, title: "Ready to run" },
      { value: "gptq", label: formatNames.gptq, title: "Quantized checkpoints, converted after the download" },
      { value: "safetensors", label: formatNames.safetensors, title: "Unquantized checkpoints, converted after the download" },
    ], listeners.onFormat);
    this.#formats.element.classList.add("views");
    this.element = h("div", { class: "search-bar", role: "search" }, this.#field.element, this.#button.element, this.#formats.element, this.#searching);
  }

  update(hub: string, query: string, format: Format, searching: boolean): void {
    this.#field.placeholder = `Search models on ${hub}`;
    this.#field.value = query;
    this.#formats.update(format);
    this.#button.disabled = query.trim() === "";
    this.#searching.hidden = !searching;
  }

  focus(): void {
    this.#field.element.focus();
  }
}
