import { homedir } from "node:os";
import * as vscode from "vscode";
import type { ModelFile } from "../../protocol/model";
import type { ModelLoader } from "../../services/loading/modelLoader";
import { type ModelLibrary, modelName } from "../../services/models/modelLibrary";
import { exportToOllama, type OllamaExportResult } from "../../services/ollama/ollamaExport";
import type { Activity } from "../activity";
import { ollamaNameOf, ollamaNameProblem } from "./ollamaName";

export interface OllamaExportParts {
  readonly library: ModelLibrary;
  readonly loader: ModelLoader;
  readonly activity: Activity;
}

interface Way {
  readonly register: boolean;
  readonly folder?: string;
}

/** Export to Ollama…: a name, then registered where Ollama runs, or written as a Modelfile; attached adapters go along. */
export class OllamaExport {
  constructor(private readonly parts: OllamaExportParts) {}

  async run(model: ModelFile): Promise<void> {
    const asked = await vscode.window.showInputBox({
      title: `Export ${modelName(model)} to Ollama`, prompt: "What shall Ollama call it?", value: ollamaNameOf(model), validateInput: ollamaNameProblem,
    });
    const way = asked === undefined ? undefined : await pickWay();
    if (asked === undefined || !way) return;
    const { activity, library, loader } = this.parts;
    const name = asked.trim();
    const adapters = loader.adapters(model).map(({ path }) => path);
    const result = await activity.run(`Exporting ${modelName(model)}`, (report, token) =>
      exportToOllama(model, { name, ...way, adapters, onProgress: (sentence) => report(sentence) }, token));
    library.refresh();
    void tell(name, result);
  }
}

/** Undefined when the person stepped back. */
async function pickWay(): Promise<Way | undefined> {
  const register = { label: "$(cloud-upload) Register with Ollama", detail: "Ollama must be running; it copies the model into its own store" };
  const write = { label: "$(file) Write a Modelfile…", detail: "For “ollama create”: template, stop words and context are in it; the model stays where it is" };
  const picked = await vscode.window.showQuickPick([register, write], { placeHolder: "Export how?" });
  if (picked === register) return { register: true };
  const folder = picked && (await chooseFolder());
  return folder === undefined ? undefined : { register: false, folder };
}

async function chooseFolder(): Promise<string | undefined> {
  const [folder] = (await vscode.window.showOpenDialog({
    canSelectFiles: false, canSelectFolders: true, openLabel: "Write Modelfile", title: "Folder for the Modelfile",
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir()),
  })) ?? [];
  return folder?.fsPath;
}

async function tell(name: string, { registered, modelfile, notes }: OllamaExportResult): Promise<void> {
  const command = modelfile === undefined ? `ollama run ${name}` : `ollama create ${name} -f ${quoted(modelfile)}`;
  const first = registered ? `Ollama at ${registered.host} has ${registered.name} now.` : `The Modelfile is at ${modelfile}.`;
  const choice = await vscode.window.showInformationMessage([first, ...notes].join(" "), ...(modelfile === undefined ? [] : ["Open" as const]), "Copy Command");
  if (choice === "Open" && modelfile !== undefined) await vscode.window.showTextDocument(vscode.Uri.file(modelfile));
  if (choice === "Copy Command") await vscode.env.clipboard.writeText(command);
}

/** For the shell that the command is pasted into. Names on Windows hold no quotation marks. */
function quoted(path: string): string {
  return process.platform === "win32" ? `"${path}"` : `'${path.replaceAll("'", "'\\''")}'`;
}
