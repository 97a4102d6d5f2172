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

/** A text to measure on, as it is whenever this is called: a document goes on being written. */
export type StudySource = () => StudyText;

interface Choice extends vscode.QuickPickItem {
  texts(): Promise<readonly CalibrationText[] | undefined>;
  readonly textKind: StudyText["kind"];
  /** Reads the text anew at every measurement, where it can change. */
  readonly source?: StudySource;
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
    const choice = await vscode.window.showQuickPick(this.#choices(true), { placeHolder: "Measure on which text?", matchOnDetail: true });
    if (!choice) return undefined;
    if (choice.source) return choice.source;
    const texts = await choice.texts();
    if (!texts) return undefined;
    const [only] = texts;
    const name = texts.length === 1 && only ? only.name : `${texts.length} documents`;
    const text = { name, kind: choice.textKind, text: texts.map((one) => one.text).join("\n\n") };
    return () => text;
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
      const source = documentSource(document);
      const name = fileName(document.uri.path);
      choices.push({ label: `$(file) This document`, detail: name, textKind: "document", source, texts: async () => [{ name, text: document.getText() }] });
    }
    choices.push({ label: "$(folder) A folder…", detail: "All text files below it", textKind: "folder", texts: pickFolder });
    for (const { uri, name } of vscode.workspace.workspaceFolders ?? []) {
      choices.push({ label: "$(root-folder) The workspace", detail: name, textKind: "folder", texts: () => folderTexts(uri) });
    }
    if (withBundled) choices.push({ label: "$(book) Decant's sample text", detail: "Contract prose, for a first look", textKind: "bundled", texts: async () => [await this.bundled()] });
    return choices;
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

function documentSource(document: vscode.TextDocument): StudySource {
  return () => ({ name: fileName(document.uri.path), kind: "document", text: document.getText() });
}

async function pickFolder(): Promise<readonly CalibrationText[] | undefined> {
  const picked = await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true, openLabel: "Take This Folder" });
  return picked?.[0] && folderTexts(picked[0]);
}
