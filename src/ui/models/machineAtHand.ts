import { availableParallelism, freemem, totalmem } from "node:os";
import { Emitter } from "../../core/emitter";
import type { Machine } from "../../protocol/model";
import type { Log, Runtime } from "../../services/ports";

/**
 * What this machine has. Until native code runs for another reason only its RAM is known, and a GPU is not: asking
 * would start the runtime.
 */
export class MachineAtHand {
  readonly #changed = new Emitter<Machine>();
  readonly onDidChange = this.#changed.event;
  readonly #subscription;
  #read: Machine | undefined;
  #reading = false;

  constructor(private readonly runtime: Runtime, private readonly log: Log) {
    this.#subscription = runtime.onDidChangeState(({ kind }) => kind === "running" && void this.#ask());
  }

  get current(): Machine {
    return this.#read ?? { totalMemory: totalmem(), freeMemory: freemem(), totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: availableParallelism() };
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  async #ask(): Promise<void> {
    if (this.#read || this.#reading) return;
    this.#reading = true;
    try {
      this.#read = await this.runtime.machine();
      this.#changed.fire(this.#read);
    } catch (error) {
      this.log.error("What this machine has could not be read.", error);
    } finally {
      this.#reading = false;
    }
  }
}
