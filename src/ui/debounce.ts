/** Runs once for a key when nothing was asked of it for a while (milliseconds). */
export class Debounce {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly wait: number, private readonly run: (key: string) => void) {}

  request(key: string): void {
    this.cancel(key);
    this.#timers.set(key, setTimeout(() => {
      this.#timers.delete(key);
      this.run(key);
    }, this.wait));
  }

  cancel(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }

  dispose(): void {
    for (const key of [...this.#timers.keys()]) this.cancel(key);
  }
}
