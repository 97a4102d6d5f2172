import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { ImatrixInfo, ModelFile, QuantizeResult, Recipe } from "../../protocol/model";
import type { CompressionJobs, TimedProgress } from "../../services/compressionJobs";
import { type ModelLibrary, modelName } from "../../services/models/modelLibrary";
import type { Runtime } from "../../services/ports";
import type { Activity, WorkReport } from "../activity";
import { fileName, formatBytes, formatPercent, formatSecondsLeft } from "../format";
import { pickLevel } from "./levelPicker";
import { makeReplacement } from "./replacement";

export interface QuantizeParts {
  readonly runtime: Runtime;
  readonly jobs: CompressionJobs;
  readonly library: ModelLibrary;
  readonly activity: Activity;
  /** The importance matrix that was made for a model; its levels are made with it. */
  matrix(model: ModelFile): Promise<ImatrixInfo | undefined>;
  /** Shows a new file in the tree. */
  reveal(path: string): Promise<void>;
}

/** A version that was chosen elsewhere. */
export interface ChosenVersion {
  /** e.g. "Q4_K_M", "Mix 4.5 GiB". */
  readonly label: string;
  readonly recipe: Recipe;
  readonly bytes: number;
}

/** Where the result goes; a file that it replaces stays until the new one is whole. */
interface Destination {
  readonly path: string;
  readonly replaces: boolean;
}

/** Quantize…: choose a level, make the file under a notification that can be cancelled, offer what comes next. */
export class QuantizeFlow {
  /** Two jobs that write one file would delete each other's partial file. */
  readonly #making = new Set<string>();

  constructor(private readonly parts: QuantizeParts) {}

  /** Resolves when the file is made; true unless the person stepped back. */
  async run(model: ModelFile, chosen?: ChosenVersion): Promise<boolean> {
    const version = chosen ?? (await this.#pick(model));
    if (!version) return false;
    const destination = await this.#destination(model, version);
    if (!destination) return false;
    const result = await this.#makeOnce(model, version, destination);
    await this.parts.reveal(result.path);
    void this.#offerNext(model, result);
    return true;
  }

  async #pick(model: ModelFile): Promise<ChosenVersion | undefined> {
    const imatrix = await this.parts.matrix(model);
    const type = await pickLevel(model, this.parts.jobs, imatrix);
    return type && { label: type, recipe: { type, ...(imatrix && { imatrix: imatrix.path }) }, bytes: 0 };
  }

  async #makeOnce(model: ModelFile, version: ChosenVersion, destination: Destination): Promise<QuantizeResult> {
    const { path } = destination;
    if (this.#making.has(path)) throw new HumanError("outputExists", `${fileName(path)} is being made already. Wait until it is ready, or choose another level.`);
    this.#making.add(path);
    try {
      return await this.#makeAt(model, version, destination);
    } finally {
      this.#making.delete(path);
      // Also after a cancel: one that came too late leaves a whole file, which is kept and must be seen.
      this.parts.library.refresh();
    }
  }

  async #makeAt(model: ModelFile, version: ChosenVersion, { path, replaces }: Destination): Promise<QuantizeResult> {
    if (!replaces) return this.#make(model, version, path);
    const { runtime } = this.parts;
    const made = await makeReplacement({
      path,
      make: (output) => this.#make(model, version, output),
      // The runtime maps the loaded file into its memory, and would go on reading the old one.
      release: async () => {
        if (runtime.loaded?.path === path) await runtime.unload();
      },
    });
    return { ...made, path };
  }

  #make(model: ModelFile, { label, recipe }: ChosenVersion, output: string): Promise<QuantizeResult> {
    const { activity, jobs } = this.parts;
    return activity.run(`Quantizing to ${label}`, async (report, token) => {
      for await (const event of jobs.quantize(model, recipe, token, output)) {
        if (event.kind === "result") return event.result;
        reportTensors(report, event.progress);
      }
      throw new HumanError("runtimeStopped", "The quantization ended without a result. Try again; the log tells more.");
    });
  }

  async #destination(model: ModelFile, { label, recipe, bytes }: ChosenVersion): Promise<Destination | undefined> {
    if (label === model.type) throw new HumanError("sameFile", `${modelName(model)} is ${label} already.`);
    const path = this.parts.jobs.outputPath(model, recipe, bytes);
    // A file may bear the name of a level that it is not.
    if (path === model.path) return saveAs(path, model);
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
