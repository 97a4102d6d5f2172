import { isDeepStrictEqual } from "node:util";
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

/** What goes, and who would miss it. */
interface Removal {
  readonly model: ModelFile;
  readonly deletion: Deletion;
  readonly dependents: readonly ModelFile[];
}

/** Takes a model away: says first how much that frees and who needs it. */
export class ModelDeletion {
  constructor(private readonly parts: DeletionParts) {}

  /** Asks first; to the trash where there is one, else for good: after a second question where the trash refused. True when it is gone. */
  async remove({ path }: ModelFile): Promise<boolean> {
    const { library } = this.parts;
    const trash = hasTrash();
    const removal = trash ? await this.#agreed(path, "It can be restored from the trash.", "Move to Trash") : await this.#agreedForGood(path, "There is no trash to move it to.");
    if (!removal) return false;
    try {
      return await (trash ? this.#moveToTrash(removal) : this.#removeForGood(removal));
    } finally {
      library.refresh();
    }
  }

  /** What goes as it is when the person has agreed to it; asks again where that changed while the question stood. */
  async #agreed(path: string, ending: string, answer: string): Promise<Removal | undefined> {
    let removal = await this.#removal(path);
    while (await confirmed(deletionQuestion(removal.model), this.#detail(removal, ending), answer)) {
      const now = await this.#removal(path);
      if (isDeepStrictEqual(now, removal)) return removal;
      removal = now;
    }
    return undefined;
  }

  #agreedForGood(path: string, reason: string): Promise<Removal | undefined> {
    return this.#agreed(path, `${reason} Deleting it permanently cannot be undone.`, "Delete Permanently");
  }

  #detail({ model, deletion, dependents }: Removal, ending: string): string {
    const loaded = this.#isLoaded(model) ? "It is loaded, and is unloaded first. " : "";
    return deletionDetail(model, deletion, dependents, `${loaded}${ending}`);
  }

  async #removal(path: string): Promise<Removal> {
    const { library } = this.parts;
    const model = deletableModel(await library.files(), path);
    const [deletion, dependents] = await Promise.all([library.deletion(model), library.dependents(model)]);
    if (deletion.files.length === 0) throw new HumanError("notWritable", deletion.keeps ?? `${fileName(path)} is gone already.`);
    return { model, deletion, dependents };
  }

  async #moveToTrash(removal: Removal): Promise<boolean> {
    const { model, deletion: { files: [first = "", ...rest] } } = removal;
    await this.#unload(model);
    try {
      await remove(first, true);
    } catch (error) {
      const { cause } = error as HumanError;
      // VS Code has no code of its own for "no trash"; those that it has (permissions …) would hold for deleting for good, too.
      if (!(cause instanceof vscode.FileSystemError) || cause.code !== "Unknown") throw error;
      this.parts.log.info(`${fileName(first)} was not moved to the trash: ${cause.message}`);
      const again = await this.#agreedForGood(model.path, `It could not be moved to the trash: ${sentenceOf(cause)}`);
      return again !== undefined && this.#removeForGood(again);
    }
    for (const file of rest) await remove(file, true);
    return true;
  }

  async #removeForGood({ model, deletion: { files } }: Removal): Promise<boolean> {
    await this.#unload(model);
    for (const file of files) await remove(file, false);
    return true;
  }

  #isLoaded({ path }: ModelFile): boolean {
    return this.parts.runtime.loaded?.path === path;
  }

  /** The runtime maps the file into its memory. */
  async #unload(model: ModelFile): Promise<void> {
    if (this.#isLoaded(model)) await this.parts.loader.unload();
  }
}

/** Servers have none. */
function hasTrash(): boolean {
  return vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
}

async function confirmed(message: string, detail: string, answer: string): Promise<boolean> {
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
