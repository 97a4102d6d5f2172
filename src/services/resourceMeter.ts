import { Emitter } from "../core/emitter";
import type { MeterReading } from "../protocol/model";
import type { Runtime } from "./ports";

const interval = 1000;

/** Reads the runtime's memory, CPU and speed once a second, only while somebody listens. */
export class ResourceMeter {
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #read = new Emitter<MeterReading>((listeners) => this.#listen(listeners > 0));
  readonly onDidRead = this.#read.event;

  constructor(private readonly runtime: Runtime) {}

  dispose(): void {
    this.#listen(false);
    this.#read.dispose();
  }

  #listen(wanted: boolean): void {
    if (wanted && !this.#timer) this.#timer = setInterval(() => void this.#sample(), interval);
    if (!wanted && this.#timer) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  async #sample(): Promise<void> {
    const reading = await this.runtime.meter().catch(() => undefined);
    if (reading && this.#timer) this.#read.fire(reading);
  }
}
