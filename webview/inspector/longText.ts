import { h } from "../dom";
import { formatCount } from "../format";

/** Characters drawn before the person asks for all. */
const atFirst = 20_000;

/** A text in lines of its own, all of it: a chat template, a licence. Only what is huge waits for a click. */
export class LongText {
  readonly element: HTMLElement;

  /** `whole`: as high as its lines are many, else it scrolls in a frame of some lines. */
  constructor(text: string, label: string, whole: boolean) {
    const pre = h("pre", { class: whole ? "long-text whole" : "long-text", tabindex: 0, role: "region", "aria-label": label }, text.slice(0, atFirst));
    const more = h("button", { class: "link", type: "button", hidden: text.length <= atFirst }, `Show all ${formatCount(text.length)} characters`);
    more.addEventListener("click", () => {
      pre.textContent = text;
      more.hidden = true;
      pre.focus();
    });
    this.element = h("div", {}, pre, more);
  }
}
