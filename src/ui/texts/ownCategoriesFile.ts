import { isAbsolute } from "node:path";
import * as vscode from "vscode";
import { parseOwnCategories } from "../../core/documents/ownCategories";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { OwnCategory } from "../../protocol/documents";
import type { Settings } from "../adapters/settings";
import { Disposables } from "../disposables";

const usualPlace = ".decant/categories.json";

/** What a new file says; it must be right as it stands. */
const example = `// Kinds of clauses that Decant shall look for besides its own 41. Saved changes are used at once.
{
  "categories": [
    {
      // As it is shown in the editor and in the list.
      "name": "Data Processing Abroad",
      // What such a clause says; models that follow instructions are asked about it in these words.
      "description": "Personal data may be stored or processed in another country.",
      // "error": can cost far more than the contract is worth; "warning": deserves negotiation; "information": a fact to know.
      "severity": "warning",
      // Passages of such clauses. Text that resembles one of them is found without a large model.
      "examples": [
        "Provider may store and process personal data in data centres outside of the European Economic Area.",
        "Customer agrees that its personal data may be transferred to and processed in any country in which Provider maintains facilities."
      ]
    }
  ]
}
`;

/** Categories of the person's own: a file of the workspace, or of Decant's storage where no folder is open or trusted. */
export class OwnCategoriesFile {
  readonly #disposables = new Disposables();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<void>());
  /** Fires when a file was saved that categories are read from. */
  readonly onDidChange = this.#changed.event;

  constructor(private readonly settings: Settings, private readonly storage: vscode.Uri) {
    this.#disposables.add(vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      if (this.#places().some((place) => place.toString() === uri.toString())) this.#changed.fire();
    }));
    this.#disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire()));
  }

  /** The categories for a document; none where there is no file. A HumanError names the entry that is wrong. */
  async read(document: string): Promise<readonly OwnCategory[]> {
    const place = this.#place(vscode.Uri.parse(document));
    const bytes = await readIfThere(place);
    return bytes === undefined ? [] : parseOwnCategories(new TextDecoder().decode(bytes));
  }

  /** Opens the file for editing, with an example where there was none. */
  async edit(document: vscode.Uri | undefined): Promise<void> {
    const place = this.#place(document);
    if ((await readIfThere(place)) === undefined) await vscode.workspace.fs.writeFile(place, new TextEncoder().encode(example));
    await vscode.window.showTextDocument(place, { preview: false });
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #places(): readonly vscode.Uri[] {
    return [this.#place(undefined), ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => this.#place(uri))];
  }

  /** Categories are prompts to a model: those of a workspace that is not trusted are not read. */
  #place(document: vscode.Uri | undefined): vscode.Uri {
    const named = this.settings.categoriesFile();
    if (isAbsolute(named)) return vscode.Uri.file(named);
    const folder = (document && vscode.workspace.getWorkspaceFolder(document)) ?? vscode.workspace.workspaceFolders?.[0];
    if (!folder || !vscode.workspace.isTrusted) return vscode.Uri.joinPath(this.storage, "categories.json");
    return vscode.Uri.joinPath(folder.uri, named || usualPlace);
  }
}

async function readIfThere(uri: vscode.Uri): Promise<Uint8Array | undefined> {
  try {
    return await vscode.workspace.fs.readFile(uri);
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === "FileNotFound") return undefined;
    throw new HumanError("notReadable", `The file of your own categories could not be read (${sentenceOf(error)}).`, { cause: error });
  }
}
