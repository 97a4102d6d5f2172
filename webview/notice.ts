import { HumanError, sentenceOf } from "../src/protocol/humanError";
import { h, icon, replace } from "./dom";

/** One sentence that something went wrong; spoken at once. */
export class ProblemNotice {
  readonly #body = h("div", {});
  readonly element = h("div", { class: "notice problem", role: "alert", hidden: true }, icon("error", "severity-error"), this.#body);

  constructor(action?: HTMLElement) {
    if (action) this.element.append(action);
  }

  update(sentence: string | undefined): void {
    this.element.hidden = !sentence;
    if (this.#body.textContent !== (sentence ?? "")) replace(this.#body, sentence);
  }
}

/** One sentence to know that is no failure: drawn dimmer, spoken when there is a pause. */
export class WarningNotice {
  readonly #body = h("div", {});
  readonly element = h("div", { class: "notice warning dim", role: "status", hidden: true }, icon("warning", "severity-warning"), this.#body);

  update(sentence: string | undefined): void {
    this.element.hidden = !sentence;
    if (this.#body.textContent !== (sentence ?? "")) replace(this.#body, sentence);
  }
}

/** The sentence of a request that failed; none when the person stopped it, for only the sentence crosses the border. */
export function failureSentence(error: unknown): string | undefined {
  const sentence = sentenceOf(error);
  return sentence === HumanError.cancelled().message ? undefined : sentence;
}
