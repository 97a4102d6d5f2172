import type { TradeoffsSnapshot } from "../../src/protocol/panels";
import { h, icon, replace } from "../dom";
import { plural } from "../format";
import { Button } from "../toolkit";

export interface CalibrationListeners {
  onCalibrate(): void;
  onChooseMatrix(): void;
}

/** The importance matrix that levels are made with, what it bought, and how to get one. */
export class Calibration {
  readonly #words = h("div", { class: "matrix" });
  readonly #gain = h("span", { class: "gain-words" });
  readonly #calibrate: Button;
  readonly #choose: HTMLButtonElement;
  readonly element: HTMLElement;
  #signature = "";

  constructor(listeners: CalibrationListeners) {
    this.#calibrate = new Button({ label: "Calibrate on your documents", icon: "target", class: "calibrate small", title: "Reads documents of yours with the original and keeps which weights matter for them: an importance matrix", onClick: listeners.onCalibrate });
    this.#choose = h("button", { class: "link choose-matrix", type: "button", title: "Takes an importance matrix that exists: .gguf, .imatrix or .dat", on: { click: () => listeners.onChooseMatrix() } }, "Choose a matrix…");
    this.element = h("section", { class: "part calibration", "aria-label": "Importance matrix" }, this.#words, h("div", { class: "form-row" }, this.#calibrate.element, this.#choose, this.#gain));
  }

  update({ imatrix, progress }: TradeoffsSnapshot): void {
    this.#calibrate.disabled = progress !== undefined;
    this.#choose.disabled = progress !== undefined;
    const signature = JSON.stringify(imatrix);
    if (signature === this.#signature) return;
    this.#signature = signature;
    this.#calibrate.label = imatrix ? "Calibrate again" : "Calibrate on your documents";
    this.#gain.textContent = imatrix?.gain ?? "";
    replace(this.#words, ...(imatrix ? matrixWords(imatrix) : [h("strong", {}, "Calibration"), h("span", { class: "dim" }, "none: every weight counts the same")]));
  }
}

function matrixWords({ name, documents, chunks }: NonNullable<TradeoffsSnapshot["imatrix"]>): readonly Node[] {
  const made = documents > 0 ? `${plural(documents, "document")}, ${plural(chunks, "chunk")}` : plural(chunks, "chunk");
  return [
    h("strong", {}, "Calibrated"),
    h("span", { class: "chip", title: `${name}: ${made}` }, icon("target"), h("span", { class: "ellipsis" }, name), documents > 0 ? h("span", { class: "dim" }, plural(documents, "document")) : undefined),
  ];
}
