import type { TradeoffsSnapshot } from "../../src/protocol/panels";
import { h, icon, replace } from "../dom";
import { formatBytes, formatCount, formatParameters, plural } from "../format";
import { ProgressBar } from "../progressBar";
import { Button, tag } from "../toolkit";

export interface HeaderListeners {
  onMeasure(): void;
  onStop(): void;
}

/** The model, the text it is measured on, and the one button that starts or stops measuring. */
export class Header {
  readonly #name = h("h1", {});
  readonly #tags = h("span", { class: "tags" });
  readonly #text = h("span", { class: "measured-on" });
  readonly #measure: Button;
  readonly #stop: Button;
  readonly #progress = new ProgressBar();
  readonly #announce = h("div", { class: "spoken", role: "status" });
  readonly element: HTMLElement;
  #shownModel = "";

  constructor(listeners: HeaderListeners) {
    this.#measure = new Button({ label: "Measure", appearance: "primary", icon: "beaker", class: "measure", onClick: listeners.onMeasure });
    this.#stop = new Button({ label: "Stop", icon: "debug-stop", class: "stop", onClick: listeners.onStop });
    this.element = h(
      "header",
      {},
      h("div", { class: "header-row" }, this.#name, this.#tags, h("span", { class: "grow" }), this.#text, this.#measure.element, this.#stop.element),
      this.#progress.element,
      this.#announce,
    );
  }

  update(snapshot: TradeoffsSnapshot, chosen: number): void {
    const { model, text, progress, rows } = snapshot;
    const signature = JSON.stringify(model);
    if (signature !== this.#shownModel) {
      this.#shownModel = signature;
      this.#name.textContent = model.family;
      this.#name.title = model.path;
      replace(
        this.#tags,
        tag(model.type, "Type of the original's weights"),
        tag(formatBytes(model.bytes), `${formatCount(model.bytes)} bytes`),
        tag(formatParameters(model.parameters), `${formatCount(model.parameters)} weights`),
      );
    }
    const measured = rows.some((row) => row.measured);
    replace(
      this.#text,
      h("span", { class: "dim" }, measured || progress ? "Measured on" : "Measures on"),
      h("span", { class: "chip", title: text.kind === "document" ? "The open document" : "Text that ships with Decant: open a document to measure on it" }, icon(text.kind === "document" ? "file" : "book"), h("span", { class: "ellipsis" }, text.name), h("span", { class: "dim" }, plural(text.words, "word"))),
    );
    this.#measure.label = chosen === 0 ? "Measure" : `Measure ${plural(chosen, "level")}`;
    this.#measure.disabled = chosen === 0;
    if (this.#measure.element.hidden !== (progress !== undefined)) {
      this.#announce.textContent = progress ? "Measuring started." : "Measuring ended.";
      const hadFocus = this.element.contains(document.activeElement);
      this.#measure.hidden = progress !== undefined;
      this.#stop.hidden = progress === undefined;
      if (hadFocus) (progress ? this.#stop : this.#measure).element.focus();
    }
    this.#stop.hidden = progress === undefined;
    this.#progress.update(progress);
  }
}
