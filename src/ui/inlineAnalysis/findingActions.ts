import * as vscode from "vscode";
import type { ShownFinding } from "../../protocol/panels";
import type { CommandId } from "../commands/commandTitles";
import type { Analyses } from "./analyses";
import { rangeOf } from "./findingRange";

/** What can be done about a clause, behind the light bulb on its diagnostic. */
export class FindingActions implements vscode.CodeActionProvider {
  readonly #registration = vscode.languages.registerCodeActionsProvider({ scheme: "*" }, this, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] });

  constructor(private readonly analyses: Analyses) {}

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range, { diagnostics }: vscode.CodeActionContext): vscode.CodeAction[] {
    const here = this.analyses.findings(document.uri).filter((finding) => rangeOf(document, finding).intersection(range));
    return here.flatMap((finding) => {
      const marked = diagnostics.filter(({ source, code }) => source === "Decant" && code === finding.category);
      return actionsOf(document.uri, finding).map(({ title, command, args }) => {
        const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
        action.command = { title, command, arguments: [...args] };
        action.diagnostics = marked;
        return action;
      });
    });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

interface Action {
  readonly title: string;
  readonly command: CommandId;
  readonly args: readonly unknown[];
}

function actionsOf(uri: vscode.Uri, { category, id }: ShownFinding): readonly Action[] {
  const args = [uri.toString(), id];
  return [
    { title: `Explain “${category}”`, command: "decant.explainFinding", args },
    { title: `Suggest another wording of “${category}”`, command: "decant.suggestWording", args },
    { title: `Not a clause: this is no “${category}”`, command: "decant.notAClause", args },
    { title: `Ignore “${category}” here`, command: "decant.ignoreFinding", args },
    { title: `Ignore “${category}” in every document`, command: "decant.ignoreCategory", args: [category] },
  ];
}
