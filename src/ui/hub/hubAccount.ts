import * as vscode from "vscode";
import { Emitter } from "../../core/emitter";
import { HumanError } from "../../protocol/humanError";
import { hubAddress, hubTokenKey } from "../../services/hub/hubAddress";
import type { Secrets } from "../../services/ports";
import { Disposables } from "../disposables";
import { tokenProblem } from "./hubToken";

/** The person's token of the model hub at its present address, in VS Code's secret storage. It is never shown, logged or written to a setting. */
export class HubAccount implements Secrets {
  readonly #disposables = new Disposables();
  readonly #changed = this.#disposables.add(new Emitter<boolean>());
  /** Whether a token of this hub is kept. */
  readonly onDidChange = this.#changed.event;

  constructor(private readonly storage: vscode.SecretStorage, private readonly hubUrl: () => string) {
    this.#disposables.add(storage.onDidChange(() => void this.tell()));
  }

  /** False also while the hub's address is none. */
  async isSignedIn(): Promise<boolean> {
    try {
      return (await this.get(hubTokenKey(this.hubUrl()))) !== undefined;
    } catch {
      return false;
    }
  }

  /** Nothing where the system's keyring does not open: what needs no token goes on. */
  async get(key: string): Promise<string | undefined> {
    try {
      return await this.storage.get(key);
    } catch {
      return undefined;
    }
  }

  async signIn(): Promise<void> {
    const url = this.hubUrl();
    const { host, secure } = hubAddress(url);
    if (!secure) throw new HumanError("badArgument", `A token is sent over https alone, and ${host} is asked over http: change the setting decant.hubUrl first.`);
    const token = await vscode.window.showInputBox({
      title: "Sign In to Model Hub",
      prompt: `A token with read access, from ${url}/settings/tokens. It is kept in VS Code's secret storage and sent to that hub alone.`,
      placeHolder: "hf_…",
      password: true,
      ignoreFocusOut: true,
      validateInput: tokenProblem,
    });
    if (token !== undefined) await this.storage.store(hubTokenKey(url), token.trim());
  }

  async signOut(): Promise<void> {
    await this.storage.delete(hubTokenKey(this.hubUrl()));
  }

  /** Tells anew whether a token is kept, e.g. of another hub. */
  async tell(): Promise<void> {
    this.#changed.fire(await this.isSignedIn());
  }

  dispose(): void {
    this.#disposables.dispose();
  }

}
