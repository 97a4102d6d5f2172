import { Emitter } from "../../core/emitter";
import { planLoad } from "../../core/fit/loadPlan";
import { HumanError, isCancellation } from "../../protocol/humanError";
import type { AdapterUse, CacheType, LoadedModel, LoadPlan, ModelFile } from "../../protocol/model";
import type { CancellationToken } from "../../protocol/rpc";
import type { Disposable, Runtime } from "../ports";
import { requireAdapters } from "../models/adapterCheck";
import { LoadedWatch, type LoadNotice } from "./loadedWatch";
import { freedBy, type LoadWish, plannedModel, requireUsable, wishOf } from "./loadWish";
import { PendingLoad } from "./pendingLoad";
import { unlessCancelled } from "./unlessCancelled";

export interface LoaderOptions {
  threads(): number;
  /** Tokens that the person wishes for. */
  contextSize(): number;
  /** Absent or undefined: chosen by the plan. */
  cacheType?(): CacheType | undefined;
  gpuLayers?(): number | undefined;
  /** Minutes without work after which a model is unloaded; 0 or absent: never. */
  unloadAfterMinutes?(): number;
}

export interface LoadOptions {
  /** Absent keeps those that were attached to this model last. */
  readonly adapters?: readonly AdapterUse[];
  /** The person has seen the plan's warning: it is not told again. */
  readonly accepted?: boolean;
}

interface Held {
  readonly loaded: LoadedModel;
  readonly wish: LoadWish;
  readonly model: ModelFile;
  readonly plan: LoadPlan;
}

/** The one way to load a model for inference: planned to fit, one at a time, and let go when nobody uses it. */
export class ModelLoader {
  readonly #unloadedIdle = new Emitter<LoadNotice>();
  readonly #lowMemory = new Emitter<LoadNotice>();
  /** A model was unloaded because nobody used it. */
  readonly onDidUnloadIdle = this.#unloadedIdle.event;
  /** Memory will be or is nearly used up: before a load that is tight, and while a model is loaded. */
  readonly onDidWarn = this.#lowMemory.event;
  /** By the path of the model that they were attached to. */
  readonly #adapters = new Map<string, readonly AdapterUse[]>();
  readonly #watch: LoadedWatch;
  #held: Held | undefined;
  #pending: PendingLoad | undefined;

  constructor(private readonly runtime: Runtime, private readonly options: LoaderOptions) {
    this.#watch = new LoadedWatch({
      held: () => this.#heldNow(),
      isLoading: () => this.#pending !== undefined,
      unload: () => this.unload(),
      machine: () => runtime.machine(),
      unloadAfterMinutes: () => options.unloadAfterMinutes?.() ?? 0,
      tellIdle: (notice) => this.#unloadedIdle.fire(notice),
      tellLowMemory: (notice) => this.#lowMemory.fire(notice),
    });
  }

  /** The plan by which the loaded model was loaded. */
  get current(): LoadPlan | undefined {
    return this.#heldNow()?.plan;
  }

  /** The adapters that this model is loaded with next. */
  adapters(model: ModelFile): readonly AdapterUse[] {
    return this.#adapters.get(model.path) ?? [];
  }

  /** How the model would be loaded now; what the loaded one holds counts as free. Throws where an adapter is not for this model. */
  async plan(model: ModelFile, { adapters = this.adapters(model) }: LoadOptions = {}): Promise<LoadPlan> {
    requireUsable(model);
    const plan = await this.#planFor(await this.#wish(model, adapters), this.current);
    await requireAdapters(model, adapters.map(({ path }) => path));
    return plan;
  }

  /** Whether the model is held as its files are now, as it is wished for now. */
  async isLoaded(model: ModelFile): Promise<boolean> {
    return this.#heldNow()?.wish.key === (await this.#wish(model, this.adapters(model))).key;
  }

  /**
   * Lets the runtime hold this model, which does nothing where it does already. A load of another one that is still going on
   * is cancelled and waited for. Throws a HumanError with the plan's refusal.
   */
  async load(model: ModelFile, token: CancellationToken, { adapters = this.adapters(model), accepted = false }: LoadOptions = {}): Promise<LoadedModel> {
    requireUsable(model);
    const wish = await this.#wish(model, adapters);
    const held = this.#heldNow();
    const before = this.#pending;
    if (!before && held?.wish.key === wish.key) {
      this.#watch.usage.used();
      return held.loaded;
    }
    if (before?.key === wish.key && !before.isCancelled) return before.join(token);
    before?.cancel();
    const pending = new PendingLoad(wish.key, before, (own) => this.#load(wish, accepted, own));
    this.#pending = pending;
    void pending.ended.then(() => {
      if (this.#pending === pending) this.#pending = undefined;
    });
    return pending.join(token);
  }

  async unload(): Promise<void> {
    this.#pending?.cancel();
    await this.#pending?.ended;
    this.#held = undefined;
    this.#watch.stop();
    await this.runtime.unload();
  }

  /** Work with the loaded model begins; it is not unloaded as idle before the lease is disposed. */
  lease(): Disposable {
    return this.#watch.usage.lease();
  }

  dispose(): void {
    this.#pending?.cancel();
    this.#watch.stop();
    this.#unloadedIdle.dispose();
    this.#lowMemory.dispose();
  }

  /** What the runtime lost in a crash is not held. */
  #heldNow(): Held | undefined {
    return this.#held && this.runtime.loaded === this.#held.loaded ? this.#held : undefined;
  }

  #wish(model: ModelFile, adapters: readonly AdapterUse[]): Promise<LoadWish> {
    const { contextSize, cacheType, gpuLayers } = this.options;
    return wishOf(model, adapters, { contextSize: contextSize(), cacheType: cacheType?.(), gpuLayers: gpuLayers?.() });
  }

  async #planFor(wish: LoadWish, unloaded?: LoadPlan): Promise<LoadPlan> {
    return planLoad(await plannedModel(wish), await this.runtime.machine(), wish, freedBy(unloaded));
  }

  async #load(wish: LoadWish, accepted: boolean, token: CancellationToken): Promise<LoadedModel> {
    const { model, adapters } = wish;
    refuse(await this.#planFor(wish, this.current));
    await requireAdapters(model, adapters.map(({ path }) => path));
    const former = this.#heldNow();
    // What is free is known only when the other model is gone, and work that goes on has ended.
    this.#held = undefined;
    await unlessCancelled(this.runtime.unload(), token);
    const plan = await this.#planFor(wish);
    refuse(plan);
    if (plan.warning !== undefined && !accepted) this.#lowMemory.fire({ path: model.path, sentence: plan.warning });
    try {
      return await this.#hold(wish, plan, token);
    } catch (error) {
      // A model that only was to change its adapters or settings is held as before.
      if (former?.model.path === model.path && !isCancellation(error)) await this.#hold(former.wish, former.plan, token).catch(() => undefined);
      throw error;
    }
  }

  async #hold(wish: LoadWish, plan: LoadPlan, token: CancellationToken): Promise<LoadedModel> {
    const { model, adapters } = wish;
    const { contextSize, cacheType, gpuLayers } = plan;
    const loaded = await this.runtime.load(
      { path: model.path, contextSize, cacheType, gpuLayers, threads: this.options.threads(), ...(adapters.length > 0 && { adapters }) }, token,
    );
    this.#held = { loaded, wish, model, plan };
    this.#adapters.set(model.path, adapters);
    this.#watch.start();
    return loaded;
  }
}

function refuse({ refusal }: LoadPlan): void {
  if (refusal !== undefined) throw new HumanError("modelTooLarge", refusal);
}
