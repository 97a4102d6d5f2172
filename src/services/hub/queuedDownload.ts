import type { RetryPolicy } from "../../core/hub/retry";
import { Speed } from "../../core/hub/speed";
import { isCancellation, sentenceOf } from "../../protocol/humanError";
import type { Download, DownloadState } from "../../protocol/hub";
import { CancellationTokenSource } from "../../protocol/rpc";
import { checkNotTaken, fetchedBytes, removeDownload } from "./downloadFiles";
import { DownloadJob } from "./downloadJob";
import type { DownloadRecord } from "./downloadRecord";
import type { HubConnection } from "./hubConnection";

export interface RunSurroundings {
  readonly hub: HubConnection;
  readonly policy: RetryPolicy;
  /** Throws where the rest has no room. */
  checkRoom(): Promise<void>;
  /** `counting`: only the number of bytes has changed. */
  onChange(counting: boolean): void;
}

/** One download of the list, with its state. */
export class QueuedDownload {
  #state: DownloadState;
  #bytesDone: number;
  #problem: string | undefined;
  #speed = new Speed();
  #running: { readonly source: CancellationTokenSource; readonly ended: Promise<void> } | undefined;
  /** Was asked to go on while its pause still came to an end. */
  #resumes = false;
  #discarding = false;
  readonly bytes: number;

  constructor(
    /** The file or folder that will be there. */
    private readonly target: string,
    readonly record: DownloadRecord,
    /** The folder of downloads that it is in. */
    readonly root: string,
    state: "waiting" | "paused",
    bytesDone: number,
  ) {
    this.#state = state;
    this.#bytesDone = bytesDone;
    this.bytes = record.files.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get id(): string {
    return this.target;
  }

  get state(): DownloadState {
    return this.#state;
  }

  get bytesDone(): number {
    return this.#bytesDone;
  }

  get bytesLeft(): number {
    return Math.max(0, this.bytes - this.#bytesDone);
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  get shown(): Download {
    const { id, target, bytes } = this;
    const speed = this.#state === "running" ? this.#speed.at(performance.now()) : undefined;
    return {
      id, target, bytes,
      repository: this.record.repository, label: this.record.label, bytesDone: this.#bytesDone, state: this.#state,
      ...(speed !== undefined && { bytesPerSecond: speed }),
      ...(speed !== undefined && speed > 0 && { secondsLeft: this.bytesLeft / speed }),
      ...(this.#problem !== undefined && { problem: this.#problem }),
    };
  }

  /** Asks for a turn; false where it has one, or needs none. */
  wait(): boolean {
    if (this.#running) this.#resumes = this.#running.source.token.isCancellationRequested;
    if (this.#running || this.#discarding || (this.#state !== "paused" && this.#state !== "failed")) return false;
    this.#state = "waiting";
    this.#problem = undefined;
    return true;
  }

  /** Runs until it is done, paused or failed; never throws. */
  run(surroundings: RunSurroundings): Promise<void> {
    const source = new CancellationTokenSource();
    const ended = this.#work(source, surroundings).finally(() => {
      this.#running = undefined;
      source.dispose();
      if (this.#resumes && !this.#discarding && this.#state === "paused") this.#state = "waiting";
      this.#resumes = false;
    });
    this.#running = { source, ended };
    return ended;
  }

  async pause(): Promise<void> {
    if (this.#state === "waiting") this.#state = "paused";
    this.#resumes = false;
    this.#running?.source.cancel();
    await this.#running?.ended;
  }

  /** Stops, and deletes what was fetched. */
  async discard(): Promise<void> {
    this.#discarding = true;
    try {
      await this.pause();
      if (this.#state === "done") return;
      await checkNotTaken(this.target);
      await removeDownload(this.target, this.root);
    } finally {
      this.#discarding = false;
    }
  }

  async #work({ token }: CancellationTokenSource, { hub, policy, checkRoom, onChange }: RunSurroundings): Promise<void> {
    this.#state = "running";
    this.#speed = new Speed();
    let begun = false;
    try {
      await checkNotTaken(this.target);
      await checkRoom();
      begun = true;
      const job = new DownloadJob(hub, this.target, this.record, policy, {
        bytes: (done) => this.#count(done, onChange),
        checking: (checking) => this.#enter(checking ? "checking" : "running", onChange),
        waiting: (why) => {
          this.#problem = why;
          onChange(false);
        },
      });
      await job.run(token);
      this.#bytesDone = this.bytes;
      this.#state = "done";
    } catch (error) {
      await this.#fail(error, begun);
    }
    onChange(false);
  }

  /** What can be gone on with is paused, with the reason; what cannot leaves nothing. */
  async #fail(error: unknown, begun: boolean): Promise<void> {
    this.#bytesDone = await fetchedBytes(this.target, this.record);
    this.#problem = isCancellation(error) ? undefined : sentenceOf(error);
    this.#state = begun && !isCancellation(error) && this.#bytesDone === 0 ? "failed" : "paused";
    if (this.#state === "failed") await removeDownload(this.target, this.root).catch(() => undefined);
  }

  #count(done: number, onChange: (counting: boolean) => void): void {
    if (this.#state === "running" && done > this.#bytesDone) this.#speed.add(performance.now(), done - this.#bytesDone);
    this.#bytesDone = done;
    onChange(true);
  }

  #enter(state: "running" | "checking", onChange: (counting: boolean) => void): void {
    if (this.#state === state) return;
    this.#state = state;
    onChange(false);
  }
}
