import type { TradeoffsSnapshot } from "../../src/protocol/panels";
import { h, replace } from "../dom";
import { formatBytes, formatCount, formatParameters, plural } from "../format";
import { ProgressBar } from "../progressBar";
import { Button, tag } from "../toolkit";
import { type MeasuringCost, measureLabel, planWords } from "./cost";
import { isOpening } from "./rows";

export interface HeaderListeners {
  onMeasure(): void;
  onStop(): void;
  onChooseText(): void;
  onExport(): void;
}

const textKinds = {
  document: { icon: "file", title: "A document of yours" },
  folder: { icon: "folder", title: "The documents of a folder" },
  bundled: { icon: "book", title: "Text that ships with Decant" },
} as const satisfies Record<TradeoffsSnapshot["text"]["kind"], { icon: string; title: string }>;

/** The model, the text it is measured on, and the one button that starts or stops measuring, with its price. */
export class Header {
  readonly #name = h("h1", {});
  readonly #tags = h("span", { class: "tags" });
  readonly #textWords = h("span", { class: "dim" });
  readonly #text: Button;
  readonly #measure: Button;
  readonly #stop: Button;
  readonly #plan = h("p", { class: "plan dim" });
  readonly #progress = new ProgressBar();
  readonly #announce = h("div", { class: "spoken", role: "status" });
  readonly element: HTMLElement;
  #shownModel = "";

  constructor(listeners: HeaderListeners) {
    this.#text = new Button({ label: "", class: "choose-text", onClick: listeners.onChooseText, menu: true });
    this.#measure = new Button({ label: "Measure", appearance: "primary", class: "measure", onClick: listeners.onMeasure });
    this.#stop = new Button({ label: "Stop", icon: "debug-stop", class: "stop", onClick: listeners.onStop });
    const report = new Button({ label: "Export", class: "export", title: "Export this comparison as Markdown, CSV or JSON", onClick: listeners.onExport, menu: true });
    this.element = h(
      "header",
      {},
      h(
        "div",
        { class: "header-row" },
        h("div", { class: "model" }, this.#name, this.#tags),
        h("div", { class: "header-actions" }, h("span", { class: "measured-on" }, this.#textWords, this.#text.element), this.#measure.element, this.#stop.element, report.element),
      ),
      this.#plan,
      this.#progress.element,
      this.#announce,
    );
  }

  /** `going`: among the chosen rows are some whose measurement was stopped. */
  update(snapshot: TradeoffsSnapshot, cost: MeasuringCost, going: boolean, running: boolean): void {
    const { model, text, progress, rows } = snapshot;
    this.#showModel(model);
    this.#textWords.textContent = running || rows.some((row) => row.measured) ? "Measured on" : "Measures on";
    this.#text.label = text.name;
    this.#text.title = `${textKinds[text.kind].title}, ${plural(text.words, "word")}. Choose another text to measure on.`;
    const plan = isOpening(snapshot) ? "Reading the model and the exact size of every level…" : planWords(cost, going, text.name);
    this.#measure.label = measureLabel(cost, going);
    this.#measure.title = plan;
    this.#measure.element.setAttribute("aria-label", `${measureLabel(cost, going)}. ${plan}`);
    this.#measure.disabled = cost.count === 0;
    this.#plan.textContent = plan;
    this.#plan.hidden = progress !== undefined;
    this.#showRunning(running);
    this.#progress.update(progress);
  }

  #showModel(model: TradeoffsSnapshot["model"]): void {
    const signature = JSON.stringify(model);
    if (signature === this.#shownModel) return;
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

  /** The focus stays on whichever of the two buttons is there. */
  #showRunning(running: boolean): void {
    if (this.#measure.element.hidden !== running) {
      this.#announce.textContent = running ? "Measuring started." : "Measuring ended.";
      const hadFocus = [this.#measure.element, this.#stop.element].some((element) => element.contains(document.activeElement));
      this.#measure.hidden = running;
      this.#stop.hidden = !running;
      if (hadFocus) (running ? this.#stop : this.#measure).element.focus();
    }
    this.#stop.hidden = !running;
  }
}
