import type { LabSnapshot } from "../../src/protocol/labPanel";
import { h, icon } from "../dom";
import { Button } from "../toolkit";

/** A sentence that asks, and its two answers. */
class AskingBanner {
  readonly #words = h("div", { class: "grow" });
  readonly element: HTMLElement;

  constructor(role: "alert" | "status", sign: string, yes: Button, no: Button) {
    this.element = h("section", { class: "banner", role, tabindex: -1, hidden: true }, icon(sign), this.#words, h("span", { class: "banner-buttons" }, yes.element, no.element));
  }

  update(sentence: string | undefined): void {
    this.element.hidden = !sentence;
    if (this.#words.textContent !== (sentence ?? "")) this.#words.textContent = sentence ?? "";
  }
}

/** A gate that a step did not pass asks whether the recipe goes on. */
export class GateQuestion {
  readonly #banner: AskingBanner;

  constructor(onAnswer: (goOn: boolean) => void) {
    this.#banner = new AskingBanner("alert", "question", new Button({ label: "Go on", appearance: "primary", class: "go-on", title: "Takes this result as it is and runs the next step on it", onClick: () => onAnswer(true) }), new Button({ label: "Stop here, keep the result", class: "stop", title: "Ends the recipe with this step: its result stays, and the report tells it", onClick: () => onAnswer(false) }));
    this.element.setAttribute("aria-label", "Quality gate");
    this.element.classList.add("question");
  }

  get element(): HTMLElement {
    return this.#banner.element;
  }

  /**
   * A new question takes the focus from the run's buttons, which change under it; not onto an answer, which a key that was meant for
   * something else would give. True when it is answered and had the focus.
   */
  update(run: LabSnapshot["run"], runHasFocus: boolean): boolean {
    const [asked, hadFocus] = [!this.element.hidden, this.element.contains(document.activeElement)];
    this.#banner.update(run?.state === "asking" ? `${run.question ?? "A result is worse than its gate allows."} Go on with the recipe?` : undefined);
    const asks = !this.element.hidden;
    if (asks && !asked && document.hasFocus() && (runHasFocus || document.activeElement === document.body)) this.element.focus();
    return hadFocus && !asks;
  }
}

/** A training that an earlier session left unfinished can be gone on with. */
export class UnfinishedBanner {
  readonly #banner: AskingBanner;

  constructor(onGoOn: () => void, onDiscard: () => void) {
    this.#banner = new AskingBanner("status", "history", new Button({ label: "Go on", appearance: "primary", onClick: onGoOn }), new Button({ label: "Discard", onClick: onDiscard }));
    this.element.setAttribute("aria-label", "Unfinished training");
  }

  get element(): HTMLElement {
    return this.#banner.element;
  }

  update({ run, unfinished }: LabSnapshot): void {
    const idle = run?.state !== "running" && run?.state !== "asking" && run?.state !== "paused";
    this.#banner.update(idle && unfinished ? `A training was left at step ${unfinished.step} of ${unfinished.of}: ${unfinished.label}. It can be gone on with where it stood.` : undefined);
  }
}
