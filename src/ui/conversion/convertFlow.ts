import { statfs } from "node:fs/promises";
import { basename, dirname } from "node:path";
import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { ConversionPlan, ConversionResult } from "../../protocol/model";
import { type ConversionType, conversionTypes } from "../../protocol/rpc";
import type { Conversions } from "../../services/conversions";
import type { Log } from "../../services/ports";
import type { ModelLibrary } from "../../services/models/modelLibrary";
import type { Activity } from "../activity";
import { fileName, formatBytes, formatSecondsLeft } from "../format";
import { inMadeFolder } from "./madeFolder";
import { conversionTypeDetails, planDetail, planQuestion } from "./planWords";

export interface ConvertParts {
  readonly conversions: Pick<Conversions, "plan" | "outputPath" | "convert">;
  readonly library: Pick<ModelLibrary, "refresh">;
  readonly activity: Pick<Activity, "run">;
  /** Hears every note of a plan: the dialog has room for a few. */
  readonly log: Log;
  /** Throws for a folder of a workspace that is not trusted. */
  requireTrust(path: string): Promise<void>;
  /** Whether files of a folder are among the models. */
  isListed(folder: string): boolean;
  addFolder(folder: string): Promise<void>;
  /** Shows a new file in the tree. */
  reveal(path: string): Promise<void>;
}

interface Agreed {
  readonly type: ConversionType;
  readonly output: string;
}

/** Convert Checkpoint…: a folder, what would come of it, the file under a notification that can be cancelled. */
export class ConvertFlow {
  /** Two jobs that write one file would delete each other's partial file. */
  readonly #making = new Set<string>();

  constructor(private readonly parts: ConvertParts) {}

  async run(target: unknown): Promise<void> {
    const folder = await folderOf(target);
    if (folder === undefined) return;
    await this.parts.requireTrust(folder);
    const agreed = await this.#agree(folder, "auto");
    if (!agreed) return;
    const result = await this.#convertOnce(folder, agreed);
    await this.parts.reveal(result.path);
    void this.#offerNext(result);
  }

  /** Shows the plan; another type means another plan. */
  async #agree(folder: string, type: ConversionType): Promise<Agreed | undefined> {
    const { conversions, activity, log } = this.parts;
    const name = basename(folder);
    const plan = await activity.run(`Reading ${name}`, (_report, token) => conversions.plan(folder, type, token));
    for (const note of plan.notes) log.info(`${name}: ${note}`);
    const output = conversions.outputPath(folder, plan);
    const choice = await ask(name, plan, output, await freeBytes(dirname(output)));
    switch (choice) {
      case "Convert":
        return this.#place(output, type);
      case "Other Type…": {
        const other = await pickType(type);
        return other && this.#agree(folder, other);
      }
      case "Save As…":
        return this.#placeElsewhere(output, type);
      case undefined:
        return undefined;
    }
  }

  /** The system's dialog offers to replace a file, which converting never does. */
  async #place(output: string, type: ConversionType): Promise<Agreed | undefined> {
    if (!(await exists(output))) return { type, output };
    const choice = await vscode.window.showWarningMessage(`${fileName(output)} exists already.`, { modal: true, detail: "Choose another name, or delete it first." }, "Save As…");
    return choice && this.#placeElsewhere(output, type);
  }

  async #placeElsewhere(output: string, type: ConversionType): Promise<Agreed | undefined> {
    const chosen = await saveAs(output);
    return chosen === undefined ? undefined : this.#place(chosen, type);
  }

  async #convertOnce(folder: string, { type, output }: Agreed): Promise<ConversionResult> {
    if (this.#making.has(output)) throw new HumanError("outputExists", `${fileName(output)} is being made already. Wait until it is ready, or choose another name.`);
    this.#making.add(output);
    try {
      return await inMadeFolder(dirname(output), () => this.#convert(folder, type, output));
    } finally {
      this.#making.delete(output);
      this.parts.library.refresh();
    }
  }

  /** A file where Decant does not look would be lost to the list. */
  async #offerNext({ path, bytes, type, seconds }: ConversionResult): Promise<void> {
    const { isListed, addFolder } = this.parts;
    const folder = dirname(path);
    const time = seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
    const sentence = `${fileName(path)} is ready in ${folder}: ${type}, ${formatBytes(bytes)}, in ${time}.`;
    const choice = isListed(folder)
      ? await vscode.window.showInformationMessage(sentence, ...Object.keys(nextCommands))
      : await vscode.window.showInformationMessage(`${sentence} Models of that folder are not listed.`, "Add Folder", ...Object.keys(nextCommands));
    if (choice === "Add Folder") await addFolder(folder);
    else if (choice) await vscode.commands.executeCommand(nextCommands[choice as keyof typeof nextCommands], path);
  }

  #convert(folder: string, type: ConversionType, output: string): Promise<ConversionResult> {
    const { activity, conversions } = this.parts;
    return activity.run(`Converting ${basename(folder)}`, async (report, token) => {
      for await (const event of conversions.convert(folder, type, token, output)) {
        if (event.kind === "result") return event.result;
        const { tensor, tensors, secondsLeft } = event.progress;
        report(`tensor ${tensor} of ${tensors}${secondsLeft === undefined ? "" : `, ${formatSecondsLeft(secondsLeft)} left`}`, tensor / Math.max(1, tensors));
      }
      throw new HumanError("runtimeStopped", "The conversion ended without a result. Try again; the log tells more.");
    });
  }
}

const nextCommands = { Inspect: "decant.inspectModel", "Quantize…": "decant.quantize", Load: "decant.loadModel" } as const;

/** A folder that was named, that of a file that was named, or one that the person chooses. */
async function folderOf(target: unknown): Promise<string | undefined> {
  if (target instanceof vscode.Uri && target.scheme === "file") {
    const { type } = await vscode.workspace.fs.stat(target);
    return (type & vscode.FileType.Directory) !== 0 ? target.fsPath : dirname(target.fsPath);
  }
  const [folder] = (await vscode.window.showOpenDialog({
    canSelectFiles: false, canSelectFolders: true, openLabel: "Convert", title: "Folder of a checkpoint, with config.json and .safetensors files",
  })) ?? [];
  return folder?.fsPath;
}

function ask(name: string, plan: ConversionPlan, output: string, free: number | undefined): Thenable<"Convert" | "Other Type…" | "Save As…" | undefined> {
  return vscode.window.showInformationMessage(planQuestion(name, plan), { modal: true, detail: planDetail(plan, output, free) }, "Convert", "Other Type…", "Save As…");
}

async function pickType(current: ConversionType): Promise<ConversionType | undefined> {
  const items = conversionTypes.map((type) => ({ label: type === "auto" ? "As it is" : type, description: type === current ? "chosen" : "", detail: conversionTypeDetails[type], type }));
  return (await vscode.window.showQuickPick(items, { placeHolder: "Keep matrices as" }))?.type;
}

async function saveAs(path: string): Promise<string | undefined> {
  const uri = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.file(path), filters: { "GGUF model": ["gguf"] }, saveLabel: "Convert" });
  return uri?.fsPath;
}

async function exists(path: string): Promise<boolean> {
  return vscode.workspace.fs.stat(vscode.Uri.file(path)).then(() => true, () => false);
}

async function freeBytes(folder: string): Promise<number | undefined> {
  const status = await statfs(folder).catch(() => undefined);
  return status && status.bavail * status.bsize;
}
