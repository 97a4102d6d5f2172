import type { MeterReading } from "../../protocol/model";
import type { MeasureParams, MeasureProgress } from "../../protocol/rpc";

/** Milliseconds over which the rate of tokens is taken. */
const span = 1000;

interface Work {
  readonly at: number;
  readonly tokens: number;
}

/** Counts the work of this process. Times are milliseconds of a monotonic clock. */
export class Meter {
  readonly #work: Work[] = [];
  #lastCpu = process.cpuUsage();
  #lastRead = performance.now();

  /** Notes tokens that have just been decoded. */
  count(tokens: number): void {
    const now = performance.now();
    this.#work.push({ at: now, tokens });
    this.#forget(now);
  }

  /** Counts the tokens of a measurement by its progress. */
  following(params: MeasureParams, onProgress: (progress: MeasureProgress) => void): (progress: MeasureProgress) => void {
    const models = 1 + params.variants.length;
    let done = 0;
    return (progress) => {
      this.count((progress.fraction - done) * progress.totalChunks * params.context * models);
      done = progress.fraction;
      onProgress(progress);
    };
  }

  /** One reading; the share of the CPU is that since the reading before. `videoMemory` in bytes. */
  read(videoMemory: number): MeterReading {
    const now = performance.now();
    this.#forget(now);
    const cpu = process.cpuUsage(this.#lastCpu);
    const elapsed = Math.max(1, now - this.#lastRead);
    this.#lastCpu = process.cpuUsage();
    this.#lastRead = now;
    const tokens = this.#work.reduce((sum, work) => sum + work.tokens, 0);
    return {
      residentMemory: process.memoryUsage.rss(),
      videoMemory,
      cpu: (cpu.user + cpu.system) / 1000 / elapsed,
      tokensPerSecond: (tokens * 1000) / span,
    };
  }

  #forget(now: number): void {
    while (this.#work[0] && this.#work[0].at < now - span) this.#work.shift();
  }
}
