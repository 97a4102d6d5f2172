import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { AdapterUse, ModelFile } from "../../protocol/model";
import type { ModelLoader } from "../../services/loading/modelLoader";
import { type ModelLibrary, modelName } from "../../services/models/modelLibrary";
import type { Runtime } from "../../services/ports";
import { fileName, folderName, formatBytes } from "../format";
import { parseScale, scaleProblem } from "./adapterScale";
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
    const path = named?.model.path ?? (await this.#pickAdapter(model));
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

  async #pickAdapter(model: ModelFile): Promise<string | undefined> {
    const isOwn = ({ path }: ModelFile): boolean => model.attachments?.includes(path) === true;
    const adapters = (await this.parts.library.files()).filter(({ role, problem }) => role === "adapter" && !problem).filter((adapter) => isOwn(adapter) || fitsTo(model, adapter));
    const items = [...adapters.filter(isOwn), ...adapters.filter((adapter) => !isOwn(adapter))].map((adapter) => ({
      label: fileName(adapter.path),
      description: [formatBytes(adapter.bytes), ...(isOwn(adapter) ? ["made for this model"] : [])].join(" · "),
      detail: folderName(adapter.path),
      path: adapter.path as string | undefined,
    }));
    const file = { label: "$(file) A file…", description: "", detail: "A LoRA adapter in GGUF form", path: undefined };
    const picked = items.length === 0 ? file : await vscode.window.showQuickPick([...items, file], { placeHolder: `Attach which adapter to ${modelName(model)}?` });
    if (picked?.path !== undefined || !picked) return picked?.path;
    const [uri] = (await vscode.window.showOpenDialog({ filters: { "LoRA adapter": ["gguf"] }, openLabel: "Attach" })) ?? [];
    return uri?.fsPath;
  }

  async #requireTrust(path: string): Promise<void> {
    await this.parts.trust.require(await this.parts.library.describe(path));
  }
}

/** llama.cpp takes an adapter for a model of its own architecture only. */
function fitsTo({ architecture }: ModelFile, adapter: ModelFile): boolean {
  return adapter.architecture === "unknown" || adapter.architecture === architecture;
}

async function askScale(path: string, value: number): Promise<number | undefined> {
  const answer = await vscode.window.showInputBox({ title: fileName(path), prompt: "How strongly? 1 is as it was trained, 0 switches it off.", value: String(value), validateInput: scaleProblem });
  return answer === undefined ? undefined : parseScale(answer);
}

/** Which ones stay; undefined when the person stepped back. */
async function pickKept(used: readonly AdapterUse[]): Promise<readonly AdapterUse[] | undefined> {
  const items = used.map((use) => ({ label: fileName(use.path), description: `at ${use.scale}`, use }));
  const picked = await vscode.window.showQuickPick(items, { canPickMany: true, placeHolder: "Detach which adapters?" });
  return picked && used.filter((use) => !picked.some((item) => item.use === use));
}
