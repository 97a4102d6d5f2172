import type { Download, DownloadState } from "../../src/protocol/hub";
import { h, icon } from "../dom";
import { ProgressBar } from "../progressBar";
import { Button } from "../toolkit";
import { downloadShare, downloadWords } from "./words";

export interface DownloadListeners {
  onPause(id: string): void;
  onResume(id: string): void;
  onCancel(id: string): void;
  onDismiss(id: string): void;
  onReveal(id: string): void;
}

/** Which buttons a download has in each state. */
const actions = {
  waiting: ["pause", "cancel"],
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  checking: ["cancel"],
  failed: ["retry", "cancel", "dismiss"],
  done: ["reveal", "dismiss"],
} as const satisfies Record<DownloadState, readonly ActionName[]>;
type ActionName = "pause" | "resume" | "retry" | "cancel" | "reveal" | "dismiss";

/** One download: what, how far, how fast, and what can be done with it. Its elements stay while it runs. */
export class DownloadItem {
  readonly #progress = new ProgressBar();
  readonly #done = h("span", { class: "with-icon dim" });
  readonly #problem = h("p", { class: "download-problem foreign", hidden: true });
  readonly #buttons: Readonly<Record<ActionName, Button>>;
  readonly element: HTMLElement;

  constructor({ id, label, repository, target }: Download, listeners: DownloadListeners) {
    const iconButton = (name: string, words: string, onClick: () => void): Button => new Button({ label: `${words} ${label}`, title: words, appearance: "icon", icon: name, onClick });
    this.#buttons = {
      pause: iconButton("debug-pause", "Pause", () => listeners.onPause(id)),
      resume: iconButton("debug-start", "Go on with", () => listeners.onResume(id)),
      retry: new Button({ label: "Retry", class: "small", onClick: () => listeners.onResume(id) }),
      cancel: iconButton("trash", "Stop and delete what was fetched of", () => listeners.onCancel(id)),
      reveal: iconButton("folder-opened", "Show the folder of", () => listeners.onReveal(id)),
      dismiss: iconButton("close", "Take off the list:", () => listeners.onDismiss(id)),
    };
    const head = h("div", { class: "download-name", title: target }, h("strong", { class: "foreign" }, label), h("span", { class: "dim ellipsis foreign" }, repository));
    this.element = h("li", { class: "download", "data-key": id, tabindex: -1 }, head, h("div", { class: "download-actions" }, ...Object.values(this.#buttons).map(({ element }) => element)), h("div", { class: "download-state" }, this.#progress.element, this.#done, this.#problem));
  }

  update(download: Download): void {
    const { state, problem, secondsLeft } = download;
    const hadFocus = this.element.contains(document.activeElement);
    const shown: readonly ActionName[] = actions[state];
    for (const [name, button] of Object.entries(this.#buttons)) button.hidden = !shown.some((action) => action === name) || (name === "cancel" && state === "failed" && download.bytesDone === 0);
    if (hadFocus && !this.element.contains(focusedVisible())) this.#buttons[shown[0] ?? "cancel"].element.focus();
    this.element.dataset["state"] = state;
    this.#progress.update(state === "done" ? undefined : { label: downloadWords(download), fraction: downloadShare(download), secondsLeft: state === "running" ? secondsLeft : undefined });
    this.#done.hidden = state !== "done";
    if (state === "done" && this.#done.childElementCount === 0) this.#done.append(icon("pass", "good"), downloadWords(download));
    this.#problem.hidden = !problem;
    this.#problem.textContent = problem ?? "";
  }
}

/** The element with the focus, unless it was just hidden. */
function focusedVisible(): Element | null {
  const focused = document.activeElement;
  return focused?.closest("[hidden]") ? null : focused;
}
