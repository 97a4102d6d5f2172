import * as vscode from "vscode";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { ModelFile, QuantType, QuantizeResult } from "../../protocol/model";
import type { CompressionJobs, TimedProgress } from "../../services/compressionJobs";
import { type ModelLibrary, modelName } from "../../services/modelLibrary";
import type { Activity, WorkReport } from "../activity";
import { fileName, formatBytes, formatPercent, formatSecondsLeft } from "../format";
import { pickLevel } from "./levelPicker";

export interface QuantizeParts {
  readonly jobs: CompressionJobs;
  readonly library: ModelLibrary;
  readonly activity: Activity;
  /** Shows a new file in the tree. */
  reveal(path: string): Promise<void>;
}

/** Where the result goes; a file that it replaces stays until the new one is whole. */
interface Destination {
  readonly path: string;
  readonly replaces: boolean;
}

/** Quantize…: choose a level, make the file under a notification that can be cancelled, offer what comes next. */
export class QuantizeFlow {
  constructor(private readonly parts: QuantizeParts) {}

  /** Resolves when the file is made; true unless the person stepped back. */
  async run(model: ModelFile, level?: QuantType): Promise<boolean> {
    const type = level ?? (await pickLevel(model, this.parts.jobs));
    if (!type) return false;
    const destination = await this.#destination(model, type);
    if (!destination) return false;
    const result = await this.#make(model, type, destination);
    this.parts.library.refresh();
    await this.parts.reveal(result.path);
    void this.#offerNext(model, result);
    return true;
  }

  async #make(model: ModelFile, type: QuantType, { path, replaces }: Destination): Promise<QuantizeResult> {
    const { activity, jobs } = this.parts;
    const output = replaces ? `${path}.replacement` : path;
    const made = await activity.run(`Quantizing to ${type}`, async (report, token) => {
      for await (const event of jobs.quantize(model, type, token, output)) {
        if (event.kind === "result") return event.result;
        reportTensors(report, event.progress);
      }
      throw new HumanError("runtimeStopped", "The quantization ended without a result. Try again; the log tells more.");
    });
    if (replaces) await replace(path, output);
    return { ...made, path };
  }

  async #destination(model: ModelFile, type: QuantType): Promise<Destination | undefined> {
    const path = this.parts.jobs.outputPath(model, type);
    if (path === model.path) throw new HumanError("sameFile", `${modelName(model)} is ${type} already.`);
    const existing = await sizeOf(path);
    if (existing === undefined) return { path, replaces: false };
    const detail = `It is ${formatBytes(existing)} large. It is replaced only when the new file is complete.`;
    const choice = await vscode.window.showWarningMessage(`${fileName(path)} exists already.`, { modal: true, detail }, "Replace", "Save As…");
    switch (choice) {
      case undefined:
        return undefined;
      case "Replace":
        return { path, replaces: true };
      case "Save As…":
        return saveAs(path, model);
    }
  }

  async #offerNext(model: ModelFile, result: QuantizeResult): Promise<void> {
    const share = formatPercent(result.bytes / Math.max(1, model.bytes));
    const sentence = `${fileName(result.path)} is ready: ${formatBytes(result.bytes)}, ${share} of ${modelName(model)}, in ${formatDuration(result.seconds)}.`;
    const choice = await vscode.window.showInformationMessage(sentence, "Show Tradeoffs", "Load");
    if (choice === "Show Tradeoffs") await vscode.commands.executeCommand("decant.showTradeoffs", model.path);
    if (choice === "Load") await vscode.commands.executeCommand("decant.loadModel", result.path);
  }
}

function reportTensors(report: WorkReport, { tensor, tensors, secondsLeft }: TimedProgress): void {
  const left = secondsLeft === undefined ? "" : `, ${formatSecondsLeft(secondsLeft)} left`;
  report(`tensor ${tensor} of ${tensors}${left}`, tensor / Math.max(1, tensors));
}

async function replace(path: string, replacement: string): Promise<void> {
  const uri = vscode.Uri.file(replacement);
  try {
    await vscode.workspace.fs.rename(uri, vscode.Uri.file(path), { overwrite: true });
  } catch (error) {
    await vscode.workspace.fs.delete(uri);
    throw new HumanError("notWritable", `${fileName(path)} could not be replaced (${sentenceOf(error)}); it is as it was.`, { cause: error });
  }
}

async function saveAs(path: string, model: ModelFile): Promise<Destination | undefined> {
  const uri = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.file(path), filters: { "GGUF model": ["gguf"] }, saveLabel: "Quantize" });
  if (!uri) return undefined;
  if (uri.fsPath === model.path) throw new HumanError("sameFile", "The result cannot take the place of its own source. Choose another name.");
  // The dialog itself has asked about a file that exists.
  return { path: uri.fsPath, replaces: (await sizeOf(uri.fsPath)) !== undefined };
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await vscode.workspace.fs.stat(vscode.Uri.file(path))).size;
  } catch {
    return undefined;
  }
}

function formatDuration(seconds: number): string {
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
