import type { MeterReading } from "../../protocol/model";
import type { MeasureParams, MeasureProgress } from "../../protocol/rpc";

/** Milliseconds over which the rate of tokens is taken, or the time of one count where that is longer. */
const span = 1000;

/** Tokens decoded between the mark before and this one. */
interface Mark {
  readonly at: number;
  readonly tokens: number;
}

/** Counts the work of this process. Times are milliseconds of a monotonic clock. */
export class Meter {
  #marks: Mark[] = [];
  #lastCpu = process.cpuUsage();
  #lastRead: number;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.#lastRead = now();
  }

  /** Work begins: the first count of it took the time from here. */
  begin(): void {
    this.#marks = [{ at: this.now(), tokens: 0 }];
  }

  /** Notes tokens that were decoded since the count before. */
  count(tokens: number): void {
    const at = this.now();
    this.#marks.push({ at, tokens });
    while (this.#marks[1] && this.#marks[1].at <= at - span) this.#marks.shift();
  }

  /** Counts the tokens of a measurement by its progress. */
  following(params: MeasureParams, onProgress: (progress: MeasureProgress) => void): (progress: MeasureProgress) => void {
    const models = 1 + params.variants.length;
    let done = params.resume?.chunks ?? 0;
    this.begin();
    return (progress) => {
      if (progress.chunks > done) this.count((progress.chunks - done) * params.context * models);
      done = progress.chunks;
      onProgress(progress);
    };
  }

  /** One reading; the share of the CPU is that since the reading before. `videoMemory` in bytes, `queue` in requests. */
  read(videoMemory: number, queue = 0): MeterReading {
    const now = this.now();
    const cpu = process.cpuUsage(this.#lastCpu);
    const elapsed = Math.max(1, now - this.#lastRead);
    this.#lastCpu = process.cpuUsage();
    this.#lastRead = now;
    return {
      residentMemory: process.memoryUsage.rss(),
      videoMemory,
      cpu: (cpu.user + cpu.system) / 1000 / elapsed,
      tokensPerSecond: this.#rate(now),
      queue,
    };
  }

  /** Whole counts over the time that they took, as tokens come in lumps; it fades when the next one does not come. */
  #rate(now: number): number {
    const [start, ...counts] = this.#marks;
    const last = counts.at(-1);
    if (!start || !last) return 0;
    const took = last.at - start.at;
    const silent = now - last.at;
    if (silent > Math.max(span, 2 * took)) return 0;
    const tokens = counts.reduce((sum, mark) => sum + mark.tokens, 0);
    return (tokens * 1000) / Math.max(1, took, silent);
  }
}
