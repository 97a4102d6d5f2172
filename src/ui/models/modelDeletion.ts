import * as vscode from "vscode";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { Deletion } from "../../services/models/deletion";
import type { ModelLibrary } from "../../services/models/modelLibrary";
import type { ModelLoader } from "../../services/loading/modelLoader";
import type { Log, Runtime } from "../../services/ports";
import { fileName } from "../format";
import { deletableModel } from "./deletableModel";
import { deletionDetail, deletionQuestion } from "./deletionWords";

export interface DeletionParts {
  readonly runtime: Runtime;
  readonly library: ModelLibrary;
  readonly loader: ModelLoader;
  readonly log: Log;
}

const noTrash = "There is no trash to move it to. Deleting it permanently cannot be undone.";

/** Takes a model away: says first how much that frees and who needs it. */
export class ModelDeletion {
  constructor(private readonly parts: DeletionParts) {}

  /** Asks first; to the trash where there is one, for good after a second question where there is none. True when it is gone. */
  async remove({ path }: ModelFile): Promise<boolean> {
    const { library, loader, runtime } = this.parts;
    const model = deletableModel(await library.files(), path);
    const [deletion, dependents] = await Promise.all([library.deletion(model), library.dependents(model)]);
    if (deletion.files.length === 0) throw new HumanError("notWritable", deletion.keeps ?? `${fileName(path)} is gone already.`);
    const question = deletionQuestion(model);
    if (!(await confirmed(question, deletionDetail(model, deletion, dependents, "It can be restored from the trash."), "Move to Trash"))) return false;
    // The runtime maps the file into its memory.
    if (runtime.loaded?.path === model.path) await loader.unload();
    try {
      return await this.#removeFiles(question, deletion, deletionDetail(model, deletion, dependents, noTrash));
    } finally {
      library.refresh();
    }
  }

  async #removeFiles(question: string, { files }: Deletion, detail: string): Promise<boolean> {
    const [first = "", ...rest] = files;
    try {
      await vscode.workspace.fs.delete(vscode.Uri.file(first), { useTrash: true });
    } catch (error) {
      this.parts.log.info(`${fileName(first)} was not moved to the trash: ${sentenceOf(error)}`);
      if (!(await confirmed(question, detail, "Delete Permanently"))) return false;
      for (const file of files) await remove(file, false);
      return true;
    }
    for (const file of rest) await remove(file, true);
    return true;
  }
}

async function confirmed<Answer extends string>(message: string, detail: string, answer: Answer): Promise<boolean> {
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, answer)) === answer;
}

async function remove(path: string, useTrash: boolean): Promise<void> {
  try {
    await vscode.workspace.fs.delete(vscode.Uri.file(path), { useTrash });
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === "FileNotFound") return;
    throw new HumanError("notWritable", `${fileName(path)} could not be deleted: ${sentenceOf(error)}`, { cause: error });
  }
}
