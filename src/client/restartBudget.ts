/** How many crashes close together are too many, and how close that is in milliseconds. */
const crashLimit = 5;
const window = 3 * 60_000;

/**
 * Decides whether a process that crashed may start again: up to 4 times by itself, but a fifth crash within 3 minutes
 * stops it (the rule of vscode-languageclient's default error handler).
 */
export class RestartBudget {
  readonly #crashes: number[] = [];

  /** Notes a crash at this time (milliseconds); true when the process may start again. */
  crashed(now: number): boolean {
    this.#crashes.push(now);
    if (this.#crashes.length > crashLimit) this.#crashes.shift();
    const [first] = this.#crashes;
    return this.#crashes.length < crashLimit || first === undefined || now - first > window;
  }

  /** A person asked for a new start: begin counting afresh. */
  reset(): void {
    this.#crashes.length = 0;
  }
}
