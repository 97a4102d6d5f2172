import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { AdapterUse } from "../../protocol/model";
import type { ModelLoader } from "../../services/loading/modelLoader";
import { type ModelLibrary, modelName } from "../../services/models/modelLibrary";
import type { Runtime } from "../../services/ports";
import { fileName } from "../format";
import { askScale, fitsTo, pickAdapter } from "./adapterQuestions";
import type { ModelActions } from "./modelActions";
import { isModelNode } from "./modelNode";
import type { ModelPicker } from "./modelPicker";
import type { ModelTrust } from "./modelTrust";

export interface AdapterParts {
  readonly runtime: Pick<Runtime, "loaded">;
  readonly library: ModelLibrary;
  readonly loader: ModelLoader;
  readonly picker: ModelPicker;
  readonly trust: ModelTrust;
  readonly actions: ModelActions;
}

/** Attach Adapter…: a model, a LoRA adapter, how strongly; the model is loaded with it. */
export class AdapterFlow {
  constructor(private readonly parts: AdapterParts) {}

  async attach(target: unknown): Promise<void> {
    const { loader, picker, actions, runtime } = this.parts;
    const named = isModelNode(target) && target.model.role === "adapter" ? target : undefined;
    const model = await picker.pick(named ? named.owner?.path : target, {
      placeHolder: "Attach an adapter to which model?", loaded: runtime.loaded?.path, ...(named && { suits: (candidate) => fitsTo(candidate, named.model) }),
    });
    if (!model) return;
    const path = named?.model.path ?? (await pickAdapter(model, this.parts.library));
    if (path === undefined) return;
    await this.#requireTrust(path);
    const before = loader.adapters(model);
    const scale = await askScale(path, before.find((use) => use.path === path)?.scale ?? 1);
    if (scale === undefined) return;
    await actions.load(model, [...before.filter((use) => use.path !== path), { path, scale }]);
  }

  async detach(target: unknown): Promise<void> {
    const { loader, picker, actions, runtime } = this.parts;
    const named = isModelNode(target) && target.model.role === "adapter" ? target : undefined;
    // An adapter in a family of its own is attached to what is loaded.
    const model = await picker.pick(named ? (named.owner?.path ?? runtime.loaded?.path) : target, { placeHolder: "Detach the adapters of which model?" });
    if (!model) return;
    const used = loader.adapters(model);
    if (used.length === 0) throw new HumanError("notFound", `${modelName(model)} has no adapter attached.`);
    const kept = named ? used.filter(({ path }) => path !== named.model.path) : used.length === 1 ? [] : await pickKept(used);
    if (kept) await actions.load(model, kept);
  }

  async #requireTrust(path: string): Promise<void> {
    await this.parts.trust.require(await this.parts.library.describe(path));
  }
}

/** Which ones stay; undefined when the person stepped back. */
async function pickKept(used: readonly AdapterUse[]): Promise<readonly AdapterUse[] | undefined> {
  const items = used.map((use) => ({ label: fileName(use.path), description: `at ${use.scale}`, use }));
  const picked = await vscode.window.showQuickPick(items, { canPickMany: true, placeHolder: "Detach which adapters?" });
  return picked && used.filter((use) => !picked.some((item) => item.use === use));
}
