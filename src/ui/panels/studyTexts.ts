import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { StudyText } from "../../services/tradeoffStudy";
import { fileName } from "../format";
import type { LastDocument } from "../lastDocument";

/**
 * UTF-16 units, some 400 tokens: the study takes chunks of 256 or 128 tokens for short texts, and what is shorter still
 * has too few of them to measure on.
 */
const shortestText = 1500;

/** A text to measure on, as it is whenever this is called: a document goes on being written. */
export type StudySource = () => StudyText;

/** Chooses the text to measure on: the document last worked in, or the sample that ships with Decant. */
export class StudyTexts {
  constructor(private readonly lastDocument: LastDocument, private readonly samples: vscode.Uri) {}

  async current(): Promise<StudySource> {
    const { document } = this.lastDocument;
    if (document && document.getText().length >= shortestText) {
      return () => ({ name: fileName(document.uri.path), kind: "document", text: document.getText() });
    }
    const bundled = await this.#bundled();
    return () => bundled;
  }

  async #bundled(): Promise<StudyText> {
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
