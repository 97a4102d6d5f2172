import type { LabSnapshot } from "../../src/protocol/labPanel";
import type { PruneStep } from "../../src/protocol/recipe";
import { h, icon } from "../dom";
import { formatCount, formatSeconds } from "../format";
import { ProgressBar } from "../progressBar";
import { Segmented } from "../segmented";
import { Button } from "../toolkit";
import { Tick } from "./controls";
import { drawImportance } from "./importancePlot";
import { type ImportanceMeasure, importanceBars, measureNames, measuresOf } from "./importancePoints";
import { PlotFrame } from "./plotFrame";
import { droppedBlocks } from "./stepEdits";
import { showBlocks } from "./fieldValues";
import type { ViewState } from "./viewState";

export interface ImportanceListeners {
  onRank(leaveOut: boolean): void;
  onStop(): void;
  onToggle(block: number): void;
  onState(change: Partial<ViewState>): void;
}

/** Blocks by what they do to the text: a bar each, which drops its block or keeps it. */
export class Importance {
  readonly #order: Segmented<"number" | "importance">;
  readonly #second: Segmented<"kl" | "perplexity">;
  readonly #rank: Button;
  readonly #leaveOut: Tick;
  readonly #stop: Button;
  readonly #progress = new ProgressBar();
  readonly #empty = h("div", { class: "figure-empty" }, icon("graph"), h("strong", {}, "Which blocks matter to your text?"), h("span", { class: "dim" }, "Ranking reads the text once and compares what goes into each block with what comes out. Then click the blocks to drop."));
  readonly #first: PlotFrame;
  readonly #other: PlotFrame;
  readonly #otherPart: HTMLElement;
  readonly #charts: HTMLElement;
  readonly #told = h("p", { class: "figure-note dim" });
  readonly element: HTMLElement;
  #willLeaveOut = false;

  constructor(listeners: ImportanceListeners) {
    const toggle = (key: string): void => listeners.onToggle(Number(key));
    this.#order = new Segmented("Order of the blocks", [{ value: "number", label: "By number" }, { value: "importance", label: "By importance" }], (order) => listeners.onState({ sorted: order === "importance" }));
    this.#second = new Segmented("When left out", [{ value: "kl", label: "KL", title: measureNames.kl.title }, { value: "perplexity", label: "Perplexity", title: measureNames.perplexity.title }], (second) => listeners.onState({ second }));
    this.#rank = new Button({ label: "Rank blocks", class: "small rank", onClick: () => listeners.onRank(this.#willLeaveOut) });
    this.#stop = new Button({ label: "Stop", icon: "debug-stop", class: "small", onClick: listeners.onStop });
    this.#leaveOut = new Tick("also leave each out", (leaveOut) => listeners.onState({ leaveOut }), "Decodes the text once more for each block without it: slower, for small models, and the surer ranking");
    this.#first = new PlotFrame({ reach: "column", onChoose: toggle });
    this.#other = new PlotFrame({ reach: "column", onChoose: toggle });
    this.#otherPart = h("div", { class: "stacked" }, h("div", { class: "sub-head" }, h("h3", { class: "dim" }, "When it is left out"), this.#second.element), this.#other.element);
    this.#charts = h("div", { class: "stacked" }, this.#first.element, this.#otherPart);
    this.element = h(
      "section",
      { class: "card figure importance", "aria-label": "Block importance" },
      h("div", { class: "card-head" }, h("h2", {}, "Block importance"), this.#order.element, h("span", { class: "grow" }), this.#leaveOut.element, this.#rank.element, this.#stop.element),
      this.#progress.element,
      this.#empty,
      this.#charts,
      this.#told,
    );
  }

  /** `step`: the one that clicks change; absent where one would be made. */
  update({ model, ranking, rankingProgress, run }: LabSnapshot, step: PruneStep | undefined, at: number, state: ViewState): void {
    const busy = run?.state === "running" || run?.state === "asking";
    this.#willLeaveOut = state.leaveOut === true;
    const dropped = (step && droppedBlocks(step, ranking)) ?? [];
    const sorted = state.sorted === true;
    this.#order.update(sorted ? "importance" : "number");
    this.#order.element.hidden = !ranking;
    this.#rank.label = ranking ? "Rank again" : "Rank blocks";
    this.#rank.disabled = !model || busy;
    this.#rank.hidden = rankingProgress !== undefined;
    this.#stop.hidden = rankingProgress === undefined;
    this.#leaveOut.update(this.#willLeaveOut, rankingProgress !== undefined || busy);
    this.#progress.update(rankingProgress && { label: "Ranking the blocks on the text", fraction: rankingProgress.fraction });
    this.#empty.hidden = ranking !== undefined;
    this.#charts.hidden = !ranking;
    this.#told.hidden = !ranking;
    if (!ranking) return;
    const draw = (frame: PlotFrame, measure: ImportanceMeasure): void => {
      const bars = importanceBars(ranking, measure, sorted, dropped);
      frame.update([measure, bars], (width, height) => drawImportance(bars, measure, width, height));
    };
    const second = state.second ?? "kl";
    const leftOut = measuresOf(ranking).includes(second);
    this.#otherPart.hidden = !leftOut;
    this.#second.update(second);
    draw(this.#first, "influence");
    if (leftOut) draw(this.#other, second);
    const told = [dropped.length > 0 ? `Step ${at + 1} drops ${dropped.length === 1 ? "block" : "blocks"} ${showBlocks(dropped)}.` : "Click a block, or press Space on it, to drop it.", `Ranked on ${formatCount(ranking.tokens)} tokens in ${formatSeconds(ranking.seconds)}.`].join(" ");
    if (this.#told.textContent !== told) this.#told.textContent = told;
  }
}
