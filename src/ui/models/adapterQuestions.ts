import * as vscode from "vscode";
import type { ModelFile } from "../../protocol/model";
import { type ModelLibrary, modelName } from "../../services/models/modelLibrary";
import { fileName, folderName, formatBytes } from "../format";
import { parseScale, type ScalePurpose, scaleProblem } from "./adapterScale";

/** Asks for an adapter for a model, its own first; undefined when the person stepped back. */
export async function pickAdapter(model: ModelFile, library: Pick<ModelLibrary, "files">): Promise<string | undefined> {
  const isOwn = ({ path }: ModelFile): boolean => model.attachments?.includes(path) === true;
  const adapters = (await library.files()).filter(({ role, problem }) => role === "adapter" && !problem).filter((adapter) => isOwn(adapter) || fitsTo(model, adapter));
  const items = [...adapters.filter(isOwn), ...adapters.filter((adapter) => !isOwn(adapter))].map((adapter) => ({
    label: fileName(adapter.path),
    description: [formatBytes(adapter.bytes), ...(isOwn(adapter) ? ["made for this model"] : [])].join(" · "),
    detail: folderName(adapter.path),
    path: adapter.path as string | undefined,
  }));
  const file = { label: "$(file) A file…", description: "", detail: "A LoRA adapter in GGUF form", path: undefined };
  const picked = items.length === 0 ? file : await vscode.window.showQuickPick([...items, file], { placeHolder: `Which adapter for ${modelName(model)}?` });
  if (picked?.path !== undefined || !picked) return picked?.path;
  const [uri] = (await vscode.window.showOpenDialog({ filters: { "LoRA adapter": ["gguf"] }, openLabel: "Take This Adapter" })) ?? [];
  return uri?.fsPath;
}

/** llama.cpp takes an adapter for a model of its own architecture only. */
export function fitsTo({ architecture }: ModelFile, adapter: ModelFile): boolean {
  return adapter.architecture === "unknown" || adapter.architecture === architecture;
}

const prompts: Readonly<Record<ScalePurpose, string>> = {
  use: "How strongly? 1 is as it was trained, 0 switches it off.",
  merge: "How strongly does it become part of the model? 1 is as it was trained.",
};

export async function askScale(path: string, value: number, purpose: ScalePurpose = "use"): Promise<number | undefined> {
  const answer = await vscode.window.showInputBox({ title: fileName(path), prompt: prompts[purpose], value: String(value), validateInput: (text) => scaleProblem(text, purpose) });
  return answer === undefined ? undefined : parseScale(answer);
}
