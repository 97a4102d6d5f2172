import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { CalibrationText } from "../../services/importanceMatrices";
import type { StudyText } from "../../services/tradeoffs/ground";
import { fileName } from "../format";
import type { LastDocument } from "../lastDocument";
import { folderTexts } from "./folderTexts";

/**
 * UTF-16 units, some 400 tokens: the study takes chunks of 256 or 128 tokens for short texts, and what is shorter still
 * has too few of them to measure on.
 */
const shortestText = 1500;
/** Bytes. */
const largestFile = 64 * 1024 ** 2;

/** A text to measure on, as it is whenever this is called: a document goes on being written. */
export type StudySource = () => StudyText;

interface Choice extends vscode.QuickPickItem {
  /** Undefined when the person stepped back. */
  source(): Promise<StudySource | undefined>;
  /** The same, document by document. */
  texts(): Promise<readonly CalibrationText[] | undefined>;
}

/** Chooses texts to measure and calibrate on: the document last worked in, a folder, or the sample that ships with Decant. */
export class StudyTexts {
  constructor(private readonly lastDocument: LastDocument, private readonly samples: vscode.Uri) {}

  /**
   * The document last worked in when it is long enough, else the bundled text. After a reload nothing was worked in yet:
   * then a document with the given name that is open in a tab.
   */
  async current(name?: string): Promise<StudySource> {
    const document = this.lastDocument.document ?? (await openInTab(name));
    if (document && document.getText().length >= shortestText) return documentSource(document);
    const bundled = await this.bundled();
    return () => bundled;
  }

  /** Asks what to measure on; undefined when the person stepped back. */
  async choose(): Promise<StudySource | undefined> {
    return this.#ask("Measure on which text?");
  }

  /** Asks what to learn from and measure on; undefined when the person stepped back. */
  async chooseForLearning(): Promise<StudySource | undefined> {
    return this.#ask("Learn from and measure on which text? The last fifth of it is only measured on.");
  }

  /** The text of a file or of all text files in a folder. Throws a HumanError where there is none. */
  async at(path: string): Promise<StudySource> {
    const uri = vscode.Uri.file(path);
    const status = await Promise.resolve(vscode.workspace.fs.stat(uri)).catch(() => undefined);
    if (!status) throw new HumanError("notFound", `There is no text at ${path}. Choose another one.`);
    return (status.type & vscode.FileType.Directory) === 0 ? fileSource(uri, status.size) : folderSource(uri);
  }

  async #ask(placeHolder: string): Promise<StudySource | undefined> {
    const choice = await vscode.window.showQuickPick(this.#choices(true), { placeHolder, matchOnDetail: true });
    return choice?.source();
  }

  /** Asks what to calibrate on; undefined when the person stepped back. */
  async chooseForCalibration(): Promise<readonly CalibrationText[] | undefined> {
    const choice = await vscode.window.showQuickPick(this.#choices(false), { placeHolder: "Calibrate on which documents? More text like your own gives better levels.", matchOnDetail: true });
    return choice?.texts();
  }

  #choices(withBundled: boolean): Choice[] {
    const { document } = this.lastDocument;
    const choices: Choice[] = [];
    if (document) {
      const name = fileName(document.uri.path);
      choices.push({ label: `$(file) This document`, detail: name, source: async () => documentSource(document), texts: async () => [{ name, text: document.getText() }] });
    }
    if (withBundled) choices.push(choiceOf("$(go-to-file) A file…", "Text, Markdown or source code", async () => this.#pickFile()));
    choices.push(folderChoice("$(folder) A folder…", "All text files below it", pickFolder));
    for (const { uri, name } of vscode.workspace.workspaceFolders ?? []) choices.push(folderChoice("$(root-folder) The workspace", name, async () => uri));
    if (withBundled) {
      choices.push(choiceOf("$(book) Decant's sample text", "Contract prose, for a first look", async () => {
        const text = await this.bundled();
        return () => text;
      }));
    }
    return choices;
  }

  async #pickFile(): Promise<StudySource | undefined> {
    const [uri] = (await vscode.window.showOpenDialog({ openLabel: "Take This Text" })) ?? [];
    return uri && this.at(uri.fsPath);
  }

  /** The sample that ships with Decant. */
  async bundled(): Promise<StudyText> {
    const entries = await vscode.workspace.fs.readDirectory(this.samples);
    const texts = await Promise.all(
      entries.filter(([name]) => /\.(md|txt)$/.test(name)).map(async ([name]) => {
        const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(this.samples, name));
        return { name, kind: "bundled" as const, text: new TextDecoder().decode(bytes) };
      }),
    );
    const longest = texts.sort((a, b) => b.text.length - a.text.length)[0];
    if (!longest) throw new HumanError("notFound", "Decant's sample text is missing. Open a document to measure on, or install Decant again.");
    return longest;
  }
}

/** A tab that was not looked at since the window was loaded has no document yet. */
async function openInTab(name: string | undefined): Promise<vscode.TextDocument | undefined> {
  const inputs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
  const found = inputs.find((input): input is vscode.TabInputText => input instanceof vscode.TabInputText && fileName(input.uri.path) === name);
  return found && vscode.workspace.openTextDocument(found.uri);
}

function choiceOf(label: string, detail: string, source: () => Promise<StudySource | undefined>): Choice {
  const texts = async (): Promise<readonly CalibrationText[] | undefined> => {
    const chosen = await source();
    return chosen && [chosen()];
  };
  return { label, detail, source, texts };
}

function folderChoice(label: string, detail: string, pick: () => Promise<vscode.Uri | undefined>): Choice {
  return {
    label, detail,
    source: async () => {
      const folder = await pick();
      return folder && folderSource(folder);
    },
    texts: async () => {
      const folder = await pick();
      return folder && folderTexts(folder);
    },
  };
}

function documentSource(document: vscode.TextDocument): StudySource {
  const path = document.uri.scheme === "file" ? document.uri.fsPath : undefined;
  return () => ({ name: fileName(document.uri.path), kind: "document", text: document.getText(), path });
}

async function folderSource(folder: vscode.Uri): Promise<StudySource> {
  const texts = await folderTexts(folder);
  const [only] = texts;
  const name = texts.length === 1 && only ? only.name : `${texts.length} documents`;
  const text = { name, kind: "folder", text: texts.map((one) => one.text).join("\n\n"), path: folder.fsPath } as const;
  return () => text;
}

async function fileSource(uri: vscode.Uri, bytes: number): Promise<StudySource> {
  const name = fileName(uri.path);
  if (bytes > largestFile) throw new HumanError("unsupported", `${name} has ${bytes} bytes: take a text of at most ${largestFile / 1024 ** 2} MiB.`);
  const content = await vscode.workspace.fs.readFile(uri);
  if (content.subarray(0, 8192).includes(0)) throw new HumanError("unsupported", `${name} is not a text file.`);
  const text = { name, kind: "document", text: new TextDecoder().decode(content), path: uri.fsPath } as const;
  return () => text;
}

async function pickFolder(): Promise<vscode.Uri | undefined> {
  const picked = await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true, openLabel: "Take This Folder" });
  return picked?.[0];
}
