/** Runs at once, then at most once per interval (milliseconds); the last request is never lost. */
export class Throttle {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #again = false;

  constructor(private readonly interval: number, private readonly run: () => void) {}

  request(): void {
    if (this.#timer) {
      this.#again = true;
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.request();
    }, this.interval);
    this.run();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
