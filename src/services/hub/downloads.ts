import { type Disposable, Emitter, type Event } from "../../core/emitter";
import type { RetryPolicy } from "../../core/hub/retry";
import { HumanError } from "../../protocol/humanError";
import type { Download, HubChoice, HubDetails } from "../../protocol/hub";
import { checkRoom, freeBytes } from "./diskSpace";
import { checkNotTaken, fetchedBytes, isTaken, unfinishedBelow } from "./downloadFiles";
import { QueuedDownload } from "./queuedDownload";
import { type DownloadRecord, readRecord, recordOf, recordPathOf, targetOf, writeRecord } from "./downloadRecord";
import { keepWhatFits } from "./downloadRenewal";
import type { HubConnection } from "./hubConnection";

export interface DownloadsOptions {
  /** Milliseconds between tries; the default is meant for people. */
  readonly retry?: RetryPolicy;
  readonly freeBytes?: typeof freeBytes;
}

/** Running at the same time. */
const atOnce = 2;
const usualRetry: RetryPolicy = { tries: 6, first: 1000, longest: 120_000, longestAsked: 900_000 };
/** Milliseconds between two reports of a number that grows. */
const reportInterval = 250;

/**
 * Downloads of a hub's files, two at a time. What was fetched stays when one is paused, fails for a reason that can pass, or
 * the program ends: `restore` finds it again. One that failed for good leaves nothing.
 */
export class Downloads implements Disposable {
  #downloads: readonly QueuedDownload[] = [];
  #reported = 0;
  /** One start after the other: two of one target would spoil each other's files. */
  #starting: Promise<unknown> = Promise.resolve();
  readonly #changed = new Emitter<void>();
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(
    private readonly hub: HubConnection,
    private readonly options: DownloadsOptions = {},
  ) {}

  /** In the order of their start. */
  get list(): readonly Download[] {
    return this.#downloads.map((download) => download.shown);
  }

  /** Takes up the downloads that did not come to their end below a folder, paused. What another window ended or fetches is not shown. */
  async restore(folder: string): Promise<void> {
    for (const download of this.#downloads) {
      const record = await readRecord(recordPathOf(download.id));
      const isOurs = record !== undefined && !(await isTaken(download.id, record));
      if (!isOurs && download.state === "paused" && !download.isBusy) this.#remove(download);
    }
    for (const { target, record } of await unfinishedBelow(folder)) {
      if (this.#find(target) || (await isTaken(target, record))) continue;
      const bytesDone = await fetchedBytes(target, record);
      if (!this.#find(target)) this.#add(new QueuedDownload(target, record, folder, "paused", bytesDone));
    }
    this.#tell();
  }

  /** Begins a download, or goes on with it where it was begun before. Throws at once where it cannot go into the folder. */
  start(details: HubDetails, choice: HubChoice, folder: string): Promise<Download> {
    const started = this.#starting.then(() => this.#start(details, choice, folder));
    this.#starting = started.catch(() => undefined);
    return started;
  }

  async #start(details: HubDetails, choice: HubChoice, folder: string): Promise<Download> {
    if (choice.problem !== undefined) throw new HumanError("unsupported", choice.problem);
    const target = targetOf(folder, details, choice);
    const before = this.#find(target);
    if (before && before.state !== "done" && before.state !== "failed") return (await this.resume(before.id)) ?? before.shown;
    const record = recordOf(details, choice, target);
    await checkNotTaken(target);
    await keepWhatFits(target, await readRecord(recordPathOf(target)), record);
    const bytesDone = await fetchedBytes(target, record);
    await this.#checkRoom(record, folder, bytesDone);
    await writeRecord(target, record);
    if (before) this.#remove(before);
    const download = new QueuedDownload(target, record, folder, "waiting", bytesDone);
    this.#add(download);
    this.#pump();
    return download.shown;
  }

  async pause(id: string): Promise<void> {
    await this.#find(id)?.pause();
    this.#pump();
  }

  async resume(id: string): Promise<Download | undefined> {
    const download = this.#find(id);
    if (download?.wait()) this.#pump();
    return download?.shown;
  }

  /** Stops it, and deletes what was fetched. */
  async cancel(id: string): Promise<void> {
    const download = this.#find(id);
    if (!download) return;
    await download.discard();
    this.#remove(download);
    this.#pump();
  }

  /** Takes one off the list that is done or failed. */
  dismiss(id: string): void {
    const download = this.#find(id);
    if (download && (download.state === "done" || download.state === "failed")) this.#remove(download);
    this.#tell();
  }

  /** Pauses all. */
  async dispose(): Promise<void> {
    const all = this.#downloads;
    await Promise.all(all.map((download) => download.pause()));
    this.#changed.dispose();
  }

  #pump(): void {
    for (const download of this.#downloads) {
      if (this.#downloads.filter(({ isBusy }) => isBusy).length >= atOnce) break;
      if (download.state === "waiting") void this.#run(download);
    }
    this.#tell();
  }

  async #run(download: QueuedDownload): Promise<void> {
    await download.run({
      hub: this.hub,
      policy: this.options.retry ?? usualRetry,
      checkRoom: () => this.#checkRoom(download.record, download.root, download.bytesDone, download),
      onChange: (counting) => this.#tell(counting),
    });
    this.#pump();
  }

  async #checkRoom(record: DownloadRecord, folder: string, bytesDone: number, self?: QueuedDownload): Promise<void> {
    const needed = record.files.reduce((sum, { bytes }) => sum + bytes, 0) - bytesDone;
    const others = this.#downloads.filter((other) => other !== self && (other.isBusy || other.state === "waiting")).reduce((sum, { bytesLeft }) => sum + bytesLeft, 0);
    await checkRoom(record.label, folder, needed, others, this.options.freeBytes ?? freeBytes);
  }

  #find(id: string): QueuedDownload | undefined {
    return this.#downloads.find((download) => download.id === id);
  }

  #add(download: QueuedDownload): void {
    this.#downloads = [...this.#downloads, download];
  }

  #remove(download: QueuedDownload): void {
    this.#downloads = this.#downloads.filter((other) => other !== download);
  }

  /** A number that grows is told now and then, everything else at once. */
  #tell(counting = false): void {
    const now = performance.now();
    if (counting && now - this.#reported < reportInterval) return;
    this.#reported = now;
    this.#changed.fire();
  }
}
