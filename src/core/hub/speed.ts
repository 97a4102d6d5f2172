/** Milliseconds that count for the speed of now, and those that one sample gathers. */
const window = 5000;
const step = 200;

/** Bytes per second over the last five seconds. Times in milliseconds, from any zero. */
export class Speed {
  #samples: { at: number; bytes: number }[] = [];

  /** So many bytes came at this time. */
  add(at: number, bytes: number): void {
    const last = this.#samples.at(-1);
    if (last && this.#samples.length > 1 && at - last.at < step) last.bytes += bytes;
    else this.#samples.push({ at, bytes });
    this.#samples = this.#samples.filter((sample) => sample.at >= at - window);
  }

  /** Undefined while that says too little. What came with the first sample came before its time. */
  at(now: number): number | undefined {
    const [first, ...rest] = this.#samples.filter((sample) => sample.at >= now - window);
    if (!first || now - first.at < 500) return undefined;
    return (rest.reduce((sum, { bytes }) => sum + bytes, 0) * 1000) / (now - first.at);
  }
}
