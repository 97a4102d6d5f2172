import type { Handlers } from "../../src/protocol/messenger";
import type { MeterRequests, MeterSnapshot } from "../../src/protocol/modelPanels";
import { Changed } from "../changed";
import { h, icon, replace } from "../dom";
import { ProblemNotice, failureSentence } from "../notice";
import { Button } from "../toolkit";
import { Gauge } from "./gauge";
import { type GaugeId, gaugeIds, shownGauges } from "./history";
import { loadedWords, queueWords } from "./words";

/** What the view asks of the host. */
export type MeterActions = { readonly [K in keyof Omit<MeterRequests, "ready">]: (...args: Parameters<Handlers<MeterRequests>[K]>) => Promise<void> };

/** What runs and what it takes, live. Every part keeps its place and width, so that nothing jumps from second to second. */
export class MeterView {
  readonly #name = h("h1", { class: "ellipsis foreign" });
  readonly #load: Button;
  readonly #unload: Button;
  readonly #loaded = h("p", { class: "dim foreign" });
  readonly #activity = h("span", { class: "ellipsis foreign" });
  readonly #queue = h("span", { class: "dim" });
  readonly #problem = new ProblemNotice();
  readonly #gauges = new Map<GaugeId, Gauge>();
  readonly #frame = h("div", { class: "gauges" });
  readonly #why = h("ul", {});
  readonly #whyFrame = h("details", { class: "why", open: true }, h("summary", {}, "Why these?"), this.#why);
  readonly #whyChanged = new Changed();

  constructor(root: HTMLElement, actions: MeterActions) {
    this.#load = new Button({ label: "Load a Model…", appearance: "primary", class: "small load", onClick: () => this.#run(actions.load()) });
    this.#unload = new Button({ label: "Unload", class: "small unload", title: "Frees the memory that it takes", onClick: () => this.#run(actions.unload()) });
    for (const id of gaugeIds) this.#gauges.set(id, new Gauge(id));
    this.#frame.append(...[...this.#gauges.values()].map(({ element }) => element));
    root.replaceChildren(
      h("header", {}, h("div", { class: "header-row" }, this.#name, this.#load.element, this.#unload.element), this.#loaded, h("div", { class: "activity" }, icon("pulse"), this.#activity, this.#queue)),
      this.#problem.element,
      this.#frame,
      this.#whyFrame,
    );
  }

  show(snapshot: MeterSnapshot): void {
    const { machine, loaded, modelName, why, samples, activity } = snapshot;
    this.#name.textContent = modelName ?? (loaded ? "A model is loaded" : "No model is loaded");
    this.#name.title = loaded?.path ?? "";
    this.#loaded.textContent = loaded ? loadedWords(loaded) : "A model is loaded when it is first needed, or here.";
    this.#showButtons(loaded !== undefined);
    this.#activity.textContent = activity ?? "Nothing is being done";
    this.#activity.title = activity ?? "";
    this.#activity.classList.toggle("dim", !activity);
    this.#queue.textContent = queueWords(samples.at(-1)?.queue);
    this.#whyFrame.hidden = why.length === 0;
    if (this.#whyChanged.since(why)) replace(this.#why, ...why.map((sentence) => h("li", { class: "foreign" }, sentence)));
    const shown = shownGauges(machine, samples);
    this.#frame.dataset["count"] = String(shown.length);
    for (const [id, gauge] of this.#gauges) {
      gauge.element.hidden = !shown.includes(id);
      gauge.update(samples, machine);
    }
  }

  fail(error: unknown): void {
    this.#problem.update(failureSentence(error));
  }

  /** The focus stays on whichever of the two is there. */
  #showButtons(loaded: boolean): void {
    if (this.#unload.element.hidden === !loaded && this.#load.element.hidden === loaded) return;
    const hadFocus = [this.#load.element, this.#unload.element].some((element) => element.contains(document.activeElement));
    this.#load.hidden = loaded;
    this.#unload.hidden = !loaded;
    if (hadFocus) (loaded ? this.#unload : this.#load).element.focus();
  }

  #run(request: Promise<unknown>): void {
    this.#problem.update(undefined);
    void request.catch((error: unknown) => this.fail(error));
  }
}
