import type { JobProgress } from "../src/protocol/panels";
import { h } from "./dom";
import { formatTimeLeft } from "./format";

/** A bar with its label and the time left; hidden while nothing runs. */
export class ProgressBar {
  readonly #fill = h("div", { class: "progress-fill" });
  readonly #track = h("div", { class: "progress-track", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100 }, this.#fill);
  readonly #label = h("span", { class: "progress-label" });
  readonly #left = h("span", { class: "dim" });
  readonly element = h("div", { class: "progress", hidden: true }, this.#track, h("div", { class: "progress-words" }, this.#label, this.#left));

  update(progress: JobProgress | undefined): void {
    this.element.hidden = !progress;
    if (!progress) return;
    const percent = Math.round(100 * Math.min(1, Math.max(0, progress.fraction)));
    this.#fill.style.width = `${percent}%`;
    this.#label.textContent = progress.label;
    this.#left.textContent = [`${percent} %`, formatTimeLeft(progress.secondsLeft)].filter(Boolean).join(" · ");
    this.#track.setAttribute("aria-valuenow", String(percent));
    this.#track.setAttribute("aria-label", progress.label);
    this.#track.setAttribute("aria-valuetext", `${percent} percent, ${formatTimeLeft(progress.secondsLeft)}`);
  }
}
