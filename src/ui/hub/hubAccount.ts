import * as vscode from "vscode";
import { Emitter } from "../../core/emitter";
import { hubTokenKey } from "../../services/hub/hubConnection";
import type { Secrets } from "../../services/ports";
import { Disposables } from "../disposables";
import { tokenProblem } from "./hubToken";

/** The person's token of the model hub, in VS Code's secret storage. It is never shown, logged or written to a setting. */
export class HubAccount implements Secrets {
  readonly #disposables = new Disposables();
  readonly #changed = this.#disposables.add(new Emitter<boolean>());
  /** Whether a token is kept. */
  readonly onDidChange = this.#changed.event;

  constructor(private readonly storage: vscode.SecretStorage, private readonly hubUrl: () => string) {
    this.#disposables.add(storage.onDidChange(({ key }) => key === hubTokenKey && void this.#tell()));
    void this.#tell();
  }

  get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.storage.get(key));
  }

  async signIn(): Promise<void> {
    const token = await vscode.window.showInputBox({
      title: "Sign In to Model Hub",
      prompt: `A token with read access, from ${this.hubUrl()}/settings/tokens. It is kept in VS Code's secret storage and sent to that hub alone.`,
      placeHolder: "hf_…",
      password: true,
      ignoreFocusOut: true,
      validateInput: tokenProblem,
    });
    if (token !== undefined) await this.storage.store(hubTokenKey, token.trim());
  }

  async signOut(): Promise<void> {
    await this.storage.delete(hubTokenKey);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #tell(): Promise<void> {
    this.#changed.fire((await this.storage.get(hubTokenKey)) !== undefined);
  }
}
