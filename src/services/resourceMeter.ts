import { Emitter } from "../core/emitter";
import type { MeterReading } from "../protocol/model";
import type { MeterSample } from "../protocol/modelPanels";
import type { Runtime } from "./ports";

const interval = 1000;
/** Ten minutes. */
const mostSamples = 600;

/** Reads the runtime's memory, CPU and speed once a second, only while somebody listens. */
export class ResourceMeter {
  readonly #read = new Emitter<MeterReading>((listeners) => this.#listen(listeners > 0));
  readonly onDidRead = this.#read.event;
  #timer: ReturnType<typeof setInterval> | undefined;
  #samples: MeterSample[] = [];
  #reading = false;

  constructor(private readonly runtime: Runtime) {}

  /** Those of the last ten minutes, oldest first; with gaps where nobody listened. */
  get samples(): readonly MeterSample[] {
    const oldest = Date.now() - mostSamples * interval;
    return this.#samples.filter(({ at }) => at > oldest);
  }

  dispose(): void {
    this.#listen(false);
    this.#read.dispose();
    this.#samples = [];
  }

  #listen(wanted: boolean): void {
    if (wanted && !this.#timer) this.#timer = setInterval(() => void this.#sample(), interval);
    if (!wanted && this.#timer) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  /** A runtime that is slow to answer is not asked again meanwhile. */
  async #sample(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    const reading = await this.runtime.meter().catch(() => undefined);
    this.#reading = false;
    if (!reading || !this.#timer) return;
    this.#samples = [...this.#samples.slice(1 - mostSamples), { ...reading, at: Date.now() }];
    this.#read.fire(reading);
  }
}
