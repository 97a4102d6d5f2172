import type { AnalysisSnapshot } from "../../src/protocol/panels";
import { h, icon } from "../dom";
import { formatSeconds, plural } from "../format";
import { ProgressBar } from "../progressBar";
import { Button } from "../toolkit";
import { reusedWords } from "./words";

export interface HeaderListeners {
  onAnalyse(): void;
  onStop(): void;
  onChooseModel(): void;
  onCompare(): void;
  onExportLabels(): void;
  onProfile(open: boolean): void;
}

/** The document, the model that read it and how; what can be done with the whole. */
export class Header {
  readonly #name = h("h1", { class: "ellipsis" });
  readonly #modelName = h("span", { class: "ellipsis" });
  readonly #model: HTMLButtonElement;
  readonly #seconds = h("span", {});
  readonly #reused = h("span", {});
  readonly #profileWords = h("span", {});
  readonly #profile: HTMLButtonElement;
  readonly #stop: Button;
  readonly #compare: Button;
  readonly #labels: Button;
  readonly #again: Button;
  readonly #progress = new ProgressBar();
  readonly element: HTMLElement;

  constructor(listeners: HeaderListeners) {
    this.#model = h("button", { class: "model-choice", type: "button", title: "Choose the model that reads", on: { click: listeners.onChooseModel } }, this.#modelName, icon("chevron-down"));
    this.#profile = h("button", { class: "profile dim", type: "button", on: { click: () => listeners.onProfile(this.#profile.ariaExpanded !== "true") } }, icon("chevron-right", "unfold"), this.#profileWords);
    this.#stop = new Button({ label: "Stop", icon: "debug-stop", class: "stop", onClick: listeners.onStop });
    this.#compare = new Button({ label: "Compare findings", appearance: "icon", icon: "diff", class: "compare", title: "Compare findings with those of another model or level", onClick: listeners.onCompare });
    this.#labels = new Button({ label: "", icon: "export", class: "export-labels small", onClick: listeners.onExportLabels });
    this.#again = new Button({ label: "Analyse again", appearance: "icon", icon: "refresh", class: "again", onClick: listeners.onAnalyse });
    this.element = h(
      "header",
      {},
      h("div", { class: "header-row" }, this.#name, h("div", { class: "header-actions" }, this.#stop.element, this.#labels.element, this.#compare.element, this.#again.element)),
      h("div", { class: "facts dim" }, h("div", {}, h("span", {}, this.#model), this.#seconds, this.#reused)),
      this.#profile,
      this.#progress.element,
    );
  }

  update(snapshot: AnalysisSnapshot, profileOpen: boolean): void {
    const { document: open, model, writer, findings, progress, seconds, reused, profile, corrections = 0 } = snapshot;
    this.#name.textContent = open?.name ?? "Analysis";
    this.#name.title = open?.name ?? "";
    this.#model.hidden = !open;
    this.#modelName.textContent = model === undefined ? "Choose a model" : writer === undefined ? model : `${model}, answers by ${writer}`;
    this.#seconds.textContent = seconds === undefined ? "" : formatSeconds(seconds);
    this.#reused.textContent = reused && reused.segments > 0 ? reusedWords(reused) : "";
    this.#profile.hidden = !profile;
    this.#profileWords.textContent = profile ?? "";
    this.#profile.setAttribute("aria-expanded", String(profileOpen));
    this.#profile.title = profileOpen ? "Show one line" : (profile ?? "");
    const idle = open !== undefined && progress === undefined;
    const read = seconds !== undefined || findings.length > 0;
    this.#compare.hidden = !idle || !read;
    this.#again.hidden = !idle || !read;
    this.#labels.hidden = corrections === 0 || !idle;
    this.#labels.label = plural(corrections, "label");
    const exporting = `Export ${plural(corrections, "correction")} as labelled data`;
    this.#labels.title = exporting;
    this.#labels.element.setAttribute("aria-label", exporting);
    this.#showStop(progress !== undefined);
    this.#progress.update(progress);
  }

  /** The focus stays on whichever of the two buttons is there. */
  #showStop(running: boolean): void {
    const from = running ? this.#again : this.#stop;
    const hadFocus = from.element.contains(document.activeElement);
    this.#stop.hidden = !running;
    if (hadFocus) (running ? this.#stop : this.#again).element.focus();
  }
}
