import * as vscode from "vscode";
import { fileName } from "../format";
import type { ModelPicker } from "../models/modelPicker";

/** Asks which file a model is compared with: one of the list, or any other. */
export async function pickOther(picker: ModelPicker, path: string): Promise<string | undefined> {
  const picked = await picker.pickAnother(path, `Compare ${fileName(path)} with which model?`);
  if (picked !== "file") return picked?.path;
  const [uri] = (await vscode.window.showOpenDialog({ filters: { "GGUF model": ["gguf"], "All files": ["*"] }, openLabel: "Compare" })) ?? [];
  return uri?.fsPath;
}
