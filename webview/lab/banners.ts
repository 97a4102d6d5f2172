import type { LabSnapshot } from "../../src/protocol/labPanel";
import { h, icon } from "../dom";
import { Button } from "../toolkit";

/** A sentence that asks, and its two answers. */
class AskingBanner {
  readonly #words = h("div", { class: "grow" });
  readonly element: HTMLElement;

  constructor(role: "alert" | "status", sign: string, yes: Button, no: Button) {
    this.element = h("section", { class: "banner", role, hidden: true }, icon(sign), this.#words, h("span", { class: "banner-buttons" }, yes.element, no.element));
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
    this.#banner = new AskingBanner("alert", "question", new Button({ label: "Go on", appearance: "primary", class: "go-on", onClick: () => onAnswer(true) }), new Button({ label: "Stop", class: "stop", onClick: () => onAnswer(false) }));
    this.element.setAttribute("aria-label", "Quality gate");
    this.element.classList.add("question");
  }

  get element(): HTMLElement {
    return this.#banner.element;
  }

  update(run: LabSnapshot["run"]): void {
    this.#banner.update(run?.state === "asking" ? `${run.question ?? "A result is worse than its gate allows."} Go on with the recipe?` : undefined);
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
