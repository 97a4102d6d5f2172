import { Emitter } from "../../core/emitter";
import type { ModelFile } from "../../protocol/model";
import type { ModelLibrary } from "../../services/models/modelLibrary";
import type { Runtime } from "../../services/ports";

/** The model that the runtime holds, with what its header tells. */
export class LoadedModelFile {
  readonly #changed = new Emitter<ModelFile | undefined>();
  readonly onDidChange = this.#changed.event;
  readonly #subscription;
  #model: ModelFile | undefined;

  constructor(private readonly runtime: Runtime, private readonly library: ModelLibrary) {
    this.#subscription = runtime.onDidChangeLoaded(() => void this.#update());
  }

  get model(): ModelFile | undefined {
    return this.#model;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  async #update(): Promise<void> {
    const path = this.runtime.loaded?.path;
    const model = path === undefined ? undefined : await this.library.describe(path);
    // Another model may have been loaded while the header was read; its own update tells.
    if (path !== this.runtime.loaded?.path || model?.path === this.#model?.path) return;
    this.#model = model;
    this.#changed.fire(model);
  }
}
