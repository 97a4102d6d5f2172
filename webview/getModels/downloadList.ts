import type { Download } from "../../src/protocol/hub";
import { h } from "../dom";
import { DownloadItem, type DownloadListeners } from "./downloadItem";
import { downloadsWords } from "./words";

/** All downloads; hidden while there are none. What ends is spoken. */
export class DownloadList {
  readonly #items = new Map<string, DownloadItem>();
  readonly #states = new Map<string, Download["state"]>();
  readonly #list = h("ul", {});
  readonly #words = h("span", { class: "dim" });
  readonly #announce = h("div", { class: "spoken", role: "status" });
  readonly element = h("section", { class: "downloads card", "aria-label": "Downloads", hidden: true }, h("h2", {}, "Downloads ", this.#words), this.#list, this.#announce);

  constructor(private readonly listeners: DownloadListeners) {}

  update(downloads: readonly Download[]): void {
    this.element.hidden = downloads.length === 0;
    this.#words.textContent = downloadsWords(downloads);
    for (const download of downloads) this.#show(download);
    for (const id of [...this.#items.keys()].filter((other) => !downloads.some((download) => download.id === other))) this.#remove(id);
  }

  #show(download: Download): void {
    const { id, state, label, problem } = download;
    let item = this.#items.get(id);
    if (!item) {
      item = new DownloadItem(download, this.listeners);
      this.#items.set(id, item);
      this.#list.append(item.element);
    }
    const before = this.#states.get(id);
    this.#states.set(id, state);
    if (before && before !== state && state === "done") this.#announce.textContent = `${label} is downloaded.`;
    if (before && before !== state && state === "failed") this.#announce.textContent = `${label}: ${problem ?? "the download failed."}`;
    item.update(download);
  }

  /** The focus goes on to the next one. */
  #remove(id: string): void {
    const element = this.#items.get(id)?.element;
    const next = element?.contains(document.activeElement) ? (element.nextElementSibling ?? element.previousElementSibling) : undefined;
    element?.remove();
    this.#items.delete(id);
    this.#states.delete(id);
    if (next instanceof HTMLElement) next.querySelector<HTMLElement>("vscode-button:not([hidden])")?.focus();
  }
}
