import { beforeEach, expect, test, vi } from "vitest";

const editor = vi.hoisted(() => ({ asked: "", kept: new Map<string, string>() }));
vi.mock("vscode", () => ({
  window: { showInputBox: async ({ prompt }: { prompt: string }) => ((editor.asked = prompt), " hf_token ") },
}));

const { HubAccount } = await import("../../../src/ui/hub/hubAccount");

const listeners: (() => void)[] = [];
const storage = {
  get: async (key: string) => editor.kept.get(key),
  store: async (key: string, value: string) => {
    editor.kept.set(key, value);
    for (const listener of listeners) listener();
  },
  delete: async (key: string) => void editor.kept.delete(key),
  onDidChange: (listener: () => void) => {
    listeners.push(listener);
    return { dispose: () => undefined };
  },
};
let url: string;
const account = () => new HubAccount(storage as never, () => url);

beforeEach(() => {
  editor.kept.clear();
  url = "https://hub.example/mirror";
});

test("a token is kept for the hub that it is of, and another hub has none", async () => {
  const own = account();
  const told: boolean[] = [];
  own.onDidChange((signedIn) => told.push(signedIn));
  await own.signIn();
  expect(editor.asked).toContain("https://hub.example/mirror/settings/tokens");
  expect([...editor.kept]).toEqual([["decant.hubToken https://hub.example", "hf_token"]]);
  expect(await own.isSignedIn()).toBe(true);
  url = "https://other.example";
  expect(await own.isSignedIn()).toBe(false);
  await own.signOut();
  await own.tell();
  expect(editor.kept.size).toBe(1);
  url = "https://hub.example";
  await own.signOut();
  expect(editor.kept.size).toBe(0);
  expect(told.at(-1)).toBe(false);
  expect(told).toContain(true);
});

test("a hub that others could listen to gets none", async () => {
  url = "http://hub.example";
  await expect(account().signIn()).rejects.toThrow("A token is sent over https alone, and hub.example is asked over http: change the setting decant.hubUrl first.");
  expect(editor.kept.size).toBe(0);
  url = "no address";
  expect(await account().isSignedIn()).toBe(false);
});
