import { HumanError } from "../protocol/humanError";

/**
 * One thing at a time: a model must not be freed while it works, and work that is measured must have the memory and
 * the processor that it was planned for. Who is cancelled while waiting leaves the queue at once.
 */
export class Turn {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** How many wait for the one that works. */
  get waiting(): number {
    return this.#waiting;
  }

  take<R>(work: () => Promise<R>, signal?: AbortSignal): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting--;
        reject(HumanError.cancelled());
      };
      if (signal?.aborted) return reject(HumanError.cancelled());
      this.#waiting++;
      signal?.addEventListener("abort", leave, { once: true });
      this.#last = this.#last.then(async () => {
        signal?.removeEventListener("abort", leave);
        if (signal?.aborted) return;
        this.#waiting--;
        await Promise.resolve().then(work).then(resolve, reject);
      });
    });
  }
}
