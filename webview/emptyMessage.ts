import { h, icon } from "./dom";
import type { Button } from "./toolkit";

/** What stands in the place of a list that has nothing to show, and the next thing to do. */
export function message(name: string, title: string, words: string, button?: Button): HTMLElement {
  return h("div", { class: "empty" }, icon(name), h("strong", {}, title), words ? h("p", { class: "dim" }, words) : undefined, button?.element);
}
