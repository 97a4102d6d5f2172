import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { Download, DownloadState } from "../../protocol/hub";
import type { Downloads } from "../../services/hub/downloads";
import { formatBytes } from "../format";
import { downloadDescription, isPending } from "../models/downloadWords";
import { isDownloadNode } from "../models/modelNode";

/** Pause, resume and cancel a download: the row that was clicked, or one that the person picks. */
export class DownloadCommands {
  constructor(private readonly downloads: Downloads) {}

  get pending(): readonly Download[] {
    return this.downloads.list.filter(isPending);
  }

  async pause(target: unknown): Promise<void> {
    const download = await this.#pick(target, ["waiting", "running"], "Pause which download?");
    if (download) await this.downloads.pause(download.id);
  }

  async resume(target: unknown): Promise<void> {
    const download = await this.#pick(target, ["paused", "failed"], "Resume which download?");
    if (download) await this.downloads.resume(download.id);
  }

  /** Asks first where something would have to be fetched again. */
  async cancel(target: unknown): Promise<void> {
    const download = await this.#pick(target, ["waiting", "running", "checking", "paused", "failed"], "Cancel which download?");
    if (!download || !(await mayLose(download))) return;
    await this.downloads.cancel(download.id);
  }

  async #pick(target: unknown, states: readonly DownloadState[], placeHolder: string): Promise<Download | undefined> {
    const named = isDownloadNode(target) ? target.download.id : target;
    const possible = this.downloads.list.filter(({ state }) => states.includes(state));
    const known = possible.find(({ id }) => id === named);
    if (known) return known;
    if (possible.length === 0) throw new HumanError("notFound", "There is no such download.");
    const items = possible.map((download) => ({ label: `${download.repository} ${download.label}`, description: downloadDescription(download), download }));
    return (await vscode.window.showQuickPick(items, { placeHolder }))?.download;
  }
}

async function mayLose({ repository, label, bytesDone }: Download): Promise<boolean> {
  if (bytesDone === 0) return true;
  const detail = `${formatBytes(bytesDone)} that were fetched are deleted. Pausing keeps them.`;
  return (await vscode.window.showWarningMessage(`Cancel the download of ${repository} ${label}?`, { modal: true, detail }, "Cancel Download")) === "Cancel Download";
}
