import { describe, expect, it, vi } from "vitest";
import { type ManagerParts, managerHandlers } from "../../../src/ui/commands/managerHandlers";

const editor = vi.hoisted(() => {
  class Uri {
    constructor(readonly fsPath: string) {}
  }
  return { Uri };
});
vi.mock("vscode", () => ({ Uri: editor.Uri }));

/** What is compared when files of the explorer are selected and the first of them was clicked. */
async function compared(...paths: string[]): Promise<string> {
  const uris = paths.map((path) => new editor.Uri(path));
  let pair = "";
  const parts = {
    picker: { pick: async (target: { fsPath: string }) => ({ path: target.fsPath }), pickAnother: async () => ({ path: "asked" }) },
    inspector: { compare: async (one: string, other: string) => void (pair = `${one} ${other}`) },
  };
  await managerHandlers(parts as unknown as ManagerParts)["decant.compareModels"](uris[0], uris);
  return pair;
}

describe("comparing models that are selected in the explorer", () => {
  it("compares two with each other", async () => {
    expect(await compared("/a", "/b")).toBe("/a /b");
  });
  it("asks for the other one where one is selected, or more than two", async () => {
    expect(await compared("/a")).toBe("/a asked");
    expect(await compared("/a", "/b", "/c")).toBe("/a asked");
  });
});
