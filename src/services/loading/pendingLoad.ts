import { HumanError } from "../../protocol/humanError";
import type { LoadedModel } from "../../protocol/model";
import { type CancellationToken, CancellationTokenSource } from "../../protocol/rpc";
import { unlessCancelled } from "./unlessCancelled";

/** A load that goes on, for everybody who wants that same load. It is cancelled when nobody is left who waits for it. */
export class PendingLoad {
  readonly #source = new CancellationTokenSource();
  readonly #result: Promise<LoadedModel>;
  /** Settles when the load has ended in whatever way. */
  readonly ended: Promise<void>;
  #waiting = 0;

  /** `before` is what must have ended first. */
  constructor(readonly key: string, before: PendingLoad | undefined, work: (token: CancellationToken) => Promise<LoadedModel>) {
    // Taken before anything cancels: a source without a token gets a shared one, which cannot be cancelled again.
    const { token } = this.#source;
    this.#result = (before?.ended ?? Promise.resolve()).then(() => {
      if (token.isCancellationRequested) throw HumanError.cancelled();
      return work(token);
    });
    this.ended = this.#result.then(() => undefined, () => undefined);
  }

  get isCancelled(): boolean {
    return this.#source.token.isCancellationRequested;
  }

  cancel(): void {
    this.#source.cancel();
  }

  async join(token: CancellationToken): Promise<LoadedModel> {
    this.#waiting++;
    try {
      return await unlessCancelled(this.#result, token);
    } finally {
      if (--this.#waiting === 0 && token.isCancellationRequested) {
        this.cancel();
        await this.ended;
      }
    }
  }
}
