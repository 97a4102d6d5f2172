import * as vscode from "vscode";
import { HumanError } from "../../protocol/humanError";
import type { CalibrationText } from "../../services/importanceMatrices";

/** Files that hold prose or code, by extension. */
const pattern = "**/*.{txt,md,markdown,rst,tex,html,json,jsonl,csv,xml,yaml,yml,py,ts,js,java,c,cpp,h,go,rs}";
const skipped = "**/{node_modules,.git,dist,out}/**";
/** Enough for any measurement or calibration; more would only take memory. */
const mostFiles = 500;
const mostBytes = 20 * 1024 ** 2;

/** The texts of a folder, by name, until there are enough of them. Throws a HumanError when there are none. */
export async function folderTexts(folder: vscode.Uri): Promise<readonly CalibrationText[]> {
  const found = await vscode.workspace.findFiles(new vscode.RelativePattern(folder, pattern), skipped, mostFiles);
  found.sort((a, b) => (a.path < b.path ? -1 : 1));
  const texts: CalibrationText[] = [];
  let bytes = 0;
  for (const uri of found) {
    const content = await vscode.workspace.fs.readFile(uri);
    if (content.subarray(0, 8192).includes(0)) continue;
    bytes += content.length;
    if (bytes > mostBytes) break;
    texts.push({ name: uri.path.slice(folder.path.length + 1), text: new TextDecoder().decode(content) });
  }
  if (texts.length === 0) throw new HumanError("notFound", "There are no text files in that folder. Choose one with documents as text, Markdown or source code.");
  return texts;
}
