import * as vscode from "vscode";
import { filesToRead, skippedFolders, textExtensions } from "../../core/documents/textFiles";
import { HumanError } from "../../protocol/humanError";
import type { CalibrationText } from "../../services/importanceMatrices";

const pattern = `**/*.{${textExtensions.flatMap((extension) => [extension, extension.toUpperCase()]).join(",")}}`;
const skipped = `**/{${skippedFolders.join(",")}}/**`;

/** The texts of a folder, by path (core/documents/textFiles.ts). Throws a HumanError when there are none. */
export async function folderTexts(folder: vscode.Uri): Promise<readonly CalibrationText[]> {
  const found = await vscode.workspace.findFiles(new vscode.RelativePattern(folder, pattern), skipped);
  const files = await Promise.all(found.map(async (uri) => ({ uri, path: uri.path, bytes: (await vscode.workspace.fs.stat(uri)).size })));
  const texts: CalibrationText[] = [];
  for (const { uri, path } of filesToRead(files)) {
    const content = await vscode.workspace.fs.readFile(uri);
    if (!content.subarray(0, 8192).includes(0)) texts.push({ name: path.slice(folder.path.length + 1), text: new TextDecoder().decode(content) });
  }
  if (texts.length === 0) throw new HumanError("notFound", "There are no text files in that folder. Choose one with documents as text, Markdown or source code.");
  return texts;
}
