import type { ShownValue } from "../../src/protocol/modelPanels";
import { h } from "../dom";
import { formatCount } from "../format";
import { failureSentence } from "../notice";
import { listWords } from "./metadataRows";

/** Values asked for at once. */
export const pageSize = 200;

export type ReadValues = (args: { readonly key: string; readonly start: number; readonly count: number }) => Promise<readonly string[]>;

/** A list of the metadata: its length and first values, and on request the others, page by page. */
export class ListValue {
  readonly #values = h("ol", { class: "list-values", hidden: true, tabindex: -1 });
  readonly #first: HTMLElement;
  readonly #more = h("button", { class: "link", type: "button", on: { click: () => void this.#readOn() } });
  readonly #fold = h("button", { class: "link", type: "button", hidden: true, on: { click: () => this.#close() } }, "Fold");
  readonly #failure = h("span", { class: "poor", role: "alert" });
  readonly element: HTMLElement;
  #read = 0;

  constructor(private readonly key: string, private readonly list: Extract<ShownValue, { kind: "list" }>, private readonly readValues: ReadValues) {
    const { first, length } = list;
    this.#first = h("span", { class: "first-values" }, first.join(", "), first.length < length ? ", …" : "");
    this.element = h("div", { class: "list-value" }, h("span", { class: "dim" }, `${listWords(list)} `), this.#first, this.#values, h("div", { class: "list-actions" }, this.#more, this.#fold, this.#failure));
    this.#showActions();
  }

  async #readOn(): Promise<void> {
    this.#failure.textContent = "";
    this.#more.disabled = true;
    try {
      const values = await this.readValues({ key: this.key, start: this.#read, count: pageSize });
      this.#values.append(...values.map((value, index) => h("li", { value: this.#read + index }, value)));
      this.#read += values.length;
      // A file that changed meanwhile may have fewer than it said.
      if (values.length === 0) this.#read = this.list.length;
      this.#values.hidden = false;
    } catch (error) {
      this.#failure.textContent = failureSentence(error) ?? "";
    }
    this.#more.disabled = false;
    this.#showActions();
  }

  #close(): void {
    this.#read = 0;
    this.#values.replaceChildren();
    this.#values.hidden = true;
    this.#showActions();
    this.#more.focus();
  }

  #showActions(): void {
    const { first, length } = this.list;
    const rest = length - this.#read;
    this.#first.hidden = this.#read > 0;
    this.#fold.hidden = this.#read === 0;
    this.#more.hidden = rest <= 0 || (this.#read === 0 && first.length >= length);
    const next = Math.min(pageSize, rest);
    this.#more.textContent = this.#read > 0 ? `Show ${next} more of ${formatCount(rest)}` : next < rest ? `Show the first ${next}` : `Show all ${next}`;
  }
}
