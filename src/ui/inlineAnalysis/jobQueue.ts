import { HumanError } from "../../protocol/humanError";
import { type CancellationToken, CancellationTokenSource } from "../../protocol/rpc";

interface RunningJob {
  readonly key: string;
  readonly cancellation: CancellationTokenSource;
  readonly ended: Promise<void>;
  superseded: boolean;
}

/** One job at a time: the runtime holds one model. A new job ends the one before, and begins when that has ended. */
export class JobQueue {
  #running: RunningJob | undefined;

  /** What the running job is about. */
  get key(): string | undefined {
    return this.#running?.key;
  }

  /** Resolves when nothing runs. */
  get idle(): Promise<void> {
    return this.#running?.ended.then(() => this.idle) ?? Promise.resolve();
  }

  /** Runs work, unless it was cancelled before its turn came; `wasSuperseded` tells it that it was ended by another job and not by the person. */
  async run<T>(key: string, token: CancellationToken, work: (token: CancellationToken, wasSuperseded: () => boolean) => Promise<T>): Promise<T> {
    const before = this.#running;
    if (before) {
      before.superseded = true;
      before.cancellation.cancel();
    }
    const cancellation = new CancellationTokenSource();
    // Taken now: a token that is asked for after the cancelling tells nobody of it.
    const { token: own } = cancellation;
    const link = token.onCancellationRequested(() => cancellation.cancel());
    let end = (): void => undefined;
    const job: RunningJob = { key, cancellation, ended: new Promise((resolve) => (end = resolve)), superseded: false };
    this.#running = job;
    try {
      await before?.ended;
      if (own.isCancellationRequested) throw HumanError.cancelled();
      return await work(own, () => job.superseded);
    } finally {
      link.dispose();
      if (this.#running === job) this.#running = undefined;
      end();
    }
  }

  /** Ends the running job; only the one about the key when one is given. */
  stop(key?: string): void {
    if (key === undefined || this.#running?.key === key) this.#running?.cancellation.cancel();
  }
}
