import { stepTitle } from "../../src/core/recipes/stepWords";
import type { TrainPoint } from "../../src/protocol/compression";
import type { LabSnapshot } from "../../src/protocol/labPanel";
import { h } from "../dom";
import { formatCount, formatKl, formatRate, formatTimeLeft } from "../format";
import { Tick } from "./controls";
import { PlotFrame } from "./plotFrame";
import { drawLosses } from "./trainingPlot";
import { lossCurve } from "./trainingPoints";
import type { ViewState } from "./viewState";

/** How a training goes or went; hidden where no step trained. */
export class Training {
  readonly #title = h("h2", {});
  readonly #facts = h("div", { class: "facts dim" });
  readonly #rate: Tick;
  readonly #frame = new PlotFrame({ reach: 30 });
  readonly element: HTMLElement;

  constructor(onState: (change: Partial<ViewState>) => void) {
    this.#rate = new Tick("learning rate", (rate) => onState({ rate }));
    this.element = h(
      "section",
      { class: "card figure training", "aria-label": "Training", hidden: true },
      h("div", { class: "card-head" }, this.#title, h("span", { class: "grow" }), this.#rate.element),
      h("div", { class: "card-head" }, this.#facts, h("span", { class: "grow" }), h("div", { class: "legend dim", "aria-hidden": "true" }, key("line-loss", "training, smoothed"), key("dot-validation", "validation"))),
      this.#frame.element,
    );
  }

  update(snapshot: LabSnapshot, state: ViewState): void {
    const shown = shownTraining(snapshot);
    this.element.hidden = !shown;
    if (!shown) return;
    const { points, title, live } = shown;
    this.element.classList.toggle("live", live);
    const curve = lossCurve(points);
    const withRate = state.rate === true;
    this.#rate.update(withRate);
    if (this.#title.textContent !== title) this.#title.textContent = title;
    const last = points.at(-1);
    const facts = [
      last ? `step ${formatCount(last.step)}` : "",
      curve.smooth.length > 0 ? `loss ${formatKl(curve.smooth.at(-1)?.loss)}` : "",
      curve.best ? `best validation ${formatKl(curve.best.loss)} at step ${formatCount(curve.best.step)}` : "",
      live && snapshot.run?.tokensPerSecond ? `${formatRate(snapshot.run.tokensPerSecond)} tokens/s` : "",
      live ? formatTimeLeft(snapshot.run?.secondsLeft) : "",
    ].filter(Boolean).join(" · ");
    if (this.#facts.textContent !== facts) this.#facts.textContent = facts;
    this.#frame.update([curve, withRate], (width, height) => drawLosses(curve, withRate, width, height));
  }
}

/** The training that runs, or the last one that ran. */
function shownTraining({ run, steps }: LabSnapshot): { readonly points: readonly TrainPoint[]; readonly title: string; readonly live: boolean } | undefined {
  const titleOf = (at: number): string => `Training · ${steps[at] ? `${at + 1} ${stepTitle(steps[at].step)}` : "step"}`;
  const trains = (at: number): boolean => steps[at]?.step.kind === "distil" || steps[at]?.step.kind === "lora";
  if (run && run.points.length > 0) {
    const at = trains(run.step) ? run.step : steps.findLastIndex((_, index) => trains(index) && index <= run.step);
    return { points: run.points, title: titleOf(at), live: run.state === "running" && run.step === at };
  }
  const at = steps.findLastIndex(({ result }) => (result?.points?.length ?? 0) > 0);
  const points = steps[at]?.result?.points;
  return points && { points, title: titleOf(at), live: false };
}

function key(shape: string, words: string): HTMLElement {
  return h("span", { class: "legend-key" }, h("i", { class: `mark ${shape}` }), words);
}
