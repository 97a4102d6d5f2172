import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { type Handlers, type Port, Responder } from "../../protocol/messenger";

export interface PanelOptions {
  /** Name of the bundle in dist/webview. */
  readonly name: "tradeoffs" | "analysis" | "inspector" | "getModels" | "meter" | "lab";
  readonly title: string;
  readonly column: vscode.ViewColumn;
  readonly preserveFocus?: boolean;
  /** A panel that VS Code made: brought back after a reload, or for a custom editor. */
  readonly restored?: vscode.WebviewPanel;
}

/** One webview panel: its page under a strict content security policy, its typed messages, its end. */
export class PanelHost<Requests, Events> {
  readonly #panel: vscode.WebviewPanel;
  readonly #responder: Responder<Requests, Events>;
  readonly onDidDispose: vscode.Event<void>;

  constructor(extensionUri: vscode.Uri, options: PanelOptions, handlers: Handlers<Requests>) {
    const root = vscode.Uri.joinPath(extensionUri, "dist", "webview");
    const { name, title, column, preserveFocus = false, restored } = options;
    const webviewOptions = { enableScripts: true, localResourceRoots: [root] };
    this.#panel = restored ?? vscode.window.createWebviewPanel(`decant.${name}`, title, { viewColumn: column, preserveFocus }, webviewOptions);
    this.#panel.webview.options = webviewOptions;
    this.onDidDispose = this.#panel.onDidDispose;
    const icons = vscode.Uri.joinPath(extensionUri, "media", "icons");
    this.#panel.iconPath = { light: vscode.Uri.joinPath(icons, "decant-light.svg"), dark: vscode.Uri.joinPath(icons, "decant-dark.svg") };
    this.#responder = new Responder<Requests, Events>(portOf(this.#panel.webview), handlers);
    this.onDidDispose(() => this.#responder.dispose());
    this.#panel.webview.html = page(this.#panel.webview, root, name, title);
  }

  set title(title: string) {
    this.#panel.title = title;
  }

  tell(event: Events): void {
    this.#responder.tell(event);
  }

  get visible(): boolean {
    return this.#panel.visible;
  }

  get onDidChangeVisibility(): vscode.Event<unknown> {
    return this.#panel.onDidChangeViewState;
  }

  reveal(preserveFocus = false): void {
    this.#panel.reveal(undefined, preserveFocus);
  }

  dispose(): void {
    this.#panel.dispose();
  }
}

function portOf(webview: vscode.Webview): Port {
  return {
    post: (message) => void webview.postMessage(message),
    onMessage: (listener) => {
      const subscription = webview.onDidReceiveMessage(listener);
      return () => subscription.dispose();
    },
  };
}

function page(webview: vscode.Webview, root: vscode.Uri, name: string, title: string): string {
  const nonce = randomBytes(16).toString("base64url");
  const file = (path: string): string => webview.asWebviewUri(vscode.Uri.joinPath(root, path)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="${file("codicon.css")}">
<link rel="stylesheet" href="${file(`${name}.css`)}">
</head>
<body data-panel="${name}">
<main id="app"></main>
<script nonce="${nonce}" src="${file(`${name}.js`)}"></script>
</body>
</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
