import { totalNeed } from "../../core/fit/memory";
import { formatBytes } from "../../core/format";
import type { LoadPlan, Machine, ModelFile } from "../../protocol/model";
import { modelName } from "../models/modelLibrary";
import { MemoryGuard } from "./memoryGuard";
import { Usage } from "./usage";

/** What is told of a model besides errors: one sentence. */
export interface LoadNotice {
  readonly path: string;
  readonly sentence: string;
}

/** A model, and the plan that it was loaded by. */
interface Loaded {
  readonly model: ModelFile;
  readonly plan: LoadPlan;
}

export interface WatchedLoader {
  held(): Loaded | undefined;
  isLoading(): boolean;
  unload(): Promise<void>;
  machine(): Promise<Machine>;
  /** Minutes without work after which a model is unloaded; 0: never. */
  unloadAfterMinutes(): number;
  tellIdle(notice: LoadNotice): void;
  tellLowMemory(notice: LoadNotice): void;
}

/** Milliseconds between looks at the clock and at free memory. */
const lookEvery = 10_000;

/** Looks after the loaded model: lets it go when nobody uses it, and tells when memory runs out. */
export class LoadedWatch {
  readonly usage = new Usage();
  readonly #guard = new MemoryGuard();
  #looking: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly loader: WatchedLoader) {}

  /** A model was loaded. Does not keep a process alive that has nothing else to do. */
  start(): void {
    this.usage.used();
    this.#looking ??= setInterval(() => void this.#look().catch(() => undefined), lookEvery).unref();
  }

  stop(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  async #look(): Promise<void> {
    const held = this.loader.held();
    if (!held) return this.stop();
    const minutes = this.loader.unloadAfterMinutes();
    const isIdle = !this.loader.isLoading() && minutes > 0 && this.usage.idleMinutes >= minutes;
    await (isIdle ? this.#unloadIdle(held, minutes) : this.#checkMemory(held));
  }

  async #unloadIdle({ model, plan }: Loaded, minutes: number): Promise<void> {
    await this.loader.unload();
    const time = minutes === 1 ? "a minute" : `${minutes} minutes`;
    this.loader.tellIdle({ path: model.path, sentence: `${modelName(model)} was unloaded, since nobody used it for ${time}: about ${formatBytes(totalNeed(plan.need))} are free again.` });
  }

  async #checkMemory({ model, plan }: Loaded): Promise<void> {
    const { freeMemory, totalMemory } = await this.loader.machine();
    if (!this.#guard.isLow(freeMemory, totalMemory)) return;
    const sentence = `Only ${formatBytes(freeMemory)} of memory are free, and ${modelName(model)} holds about ${formatBytes(totalNeed(plan.need))}: unload it, or close other programs, before the system ends one.`;
    this.loader.tellLowMemory({ path: model.path, sentence });
  }
}
