import * as vscode from "vscode";

/** The text document that a person worked in last: a panel that takes the focus does not make it forgotten. */
export class LastDocument {
  readonly #subscriptions: vscode.Disposable;
  #document: vscode.TextDocument | undefined;

  constructor() {
    this.#remember(vscode.window.activeTextEditor);
    this.#subscriptions = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor((editor) => this.#remember(editor)),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document === this.#document) this.#document = vscode.window.visibleTextEditors.find(isWork)?.document;
      }),
    );
  }

  get document(): vscode.TextDocument | undefined {
    return this.#document;
  }

  /** The file in front, when VS Code has not told extensions of its text: then another document would be taken for it. */
  get unheard(): vscode.Uri | undefined {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    if (!(input instanceof vscode.TabInputText)) return undefined;
    const isSeen = vscode.workspace.textDocuments.some(({ uri }) => uri.toString() === input.uri.toString());
    return isSeen ? undefined : input.uri;
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #remember(editor: vscode.TextEditor | undefined): void {
    if (editor && isWork(editor)) this.#document = editor.document;
  }
}

/** Output channels, input boxes and diffs' other sides are editors too, but nobody's work. */
function isWork({ document }: vscode.TextEditor): boolean {
  return !["output", "comment", "git", "vscode", "vscode-settings"].includes(document.uri.scheme);
}
