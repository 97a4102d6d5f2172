import { describe, expect, it, vi } from "vitest";
import type * as vscode from "vscode";
import { HubAccount } from "../../../src/ui/hub/hubAccount";

vi.mock("vscode", () => ({}));

function account(get: (key: string) => Promise<string | undefined>) {
  const asked = vi.fn(get);
  const storage = { get: asked, onDidChange: () => ({ dispose: () => undefined }) } as unknown as vscode.SecretStorage;
  return { account: new HubAccount(storage, () => "https://hub.example"), asked };
}

describe("the account of the hub", () => {
  it("does not open the keyring before it is asked", async () => {
    const { account: own, asked } = account(async () => "hf_token");
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).not.toHaveBeenCalled();
    const told: boolean[] = [];
    own.onDidChange((signedIn) => told.push(signedIn));
    await own.tell();
    expect(told).toEqual([true]);
  });

  it("counts as signed out where the keyring does not open", async () => {
    const { account: own } = account(async () => {
      throw new Error("The name org.freedesktop.secrets was not provided by any .service files");
    });
    expect(await own.get("any")).toBeUndefined();
    expect(await own.isSignedIn()).toBe(false);
  });
});
