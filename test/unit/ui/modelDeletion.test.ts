import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ModelFile } from "../../../src/protocol/model";
import type { Deletion } from "../../../src/services/models/deletion";
import { ModelDeletion, type DeletionParts } from "../../../src/ui/models/modelDeletion";

/** The editor's questions, answered in turn, and what it is asked to delete. */
const editor = vi.hoisted(() => {
  class FileSystemError extends Error {
    constructor(message: string, readonly code: string) {
      super(message);
    }
  }
  return { FileSystemError, env: { remoteName: undefined as string | undefined, uiKind: 1 }, answers: [] as ((() => void) | boolean)[], details: [] as string[], deleted: [] as string[], trash: undefined as Error | undefined };
});
vi.mock("vscode", () => ({
  FileSystemError: editor.FileSystemError,
  UIKind: { Desktop: 1, Web: 2 },
  env: editor.env,
  Uri: { file: (path: string) => path },
  window: {
    showWarningMessage: async (_question: string, { detail }: { detail: string }, yes: string) => {
      editor.details.push(detail);
      const answer = editor.answers.shift() ?? false;
      if (typeof answer === "function") answer();
      return answer === false ? undefined : yes;
    },
  },
  workspace: {
    fs: {
      delete: async (path: string, { useTrash }: { useTrash: boolean }) => {
        if (useTrash && editor.trash && path === "/m/manifest") throw editor.trash;
        editor.deleted.push(`${useTrash ? "trash" : "for good"} ${path}`);
      },
    },
  },
}));

const model: ModelFile = { path: "/m/a.gguf", family: "a", type: "F16", bytes: 9, parameters: 1, architecture: "llama", contextLength: 0 };

describe("deleting a model", () => {
  let deletion: Deletion;
  let loaded: { readonly path: string } | undefined;
  const parts = {
    runtime: { get loaded() { return loaded; } }, loader: { unload: async () => { loaded = undefined; editor.deleted.push("unloaded"); } }, log: { info: () => {}, error: () => {} },
    library: { files: async () => [model], deletion: async () => deletion, dependents: async () => [], refresh: () => {} },
  } as unknown as DeletionParts;
  const remove = (): Promise<boolean> => new ModelDeletion(parts).remove(model);

  beforeEach(() => {
    Object.assign(editor, { answers: [], details: [], deleted: [], trash: undefined });
    editor.env.remoteName = loaded = undefined;
    deletion = { files: ["/m/manifest", "/m/blob"], bytes: 9 };
  });

  it("asks again where what goes has changed while the question stood, and removes what was agreed to last", async () => {
    editor.answers = [() => { deletion = { files: ["/m/manifest"], bytes: 1, keeps: "The weights stay." }; }, true];
    expect(await remove()).toBe(true);
    expect(editor.details).toHaveLength(2);
    expect(editor.details[1]).toContain("The weights stay.");
    expect(editor.deleted).toEqual(["trash /m/manifest"]);
  });

  it("promises no trash on a server, and asks again there, too", async () => {
    editor.env.remoteName = "ssh-remote";
    editor.answers = [() => { deletion = { files: ["/m/manifest"], bytes: 1 }; }, false];
    expect(await remove()).toBe(false);
    expect(editor.details.map((detail) => detail.includes("There is no trash to move it to. Deleting it permanently cannot be undone."))).toEqual([true, true]);
    expect(editor.deleted).toEqual([]);
    editor.answers = [true];
    expect(await remove()).toBe(true);
    expect(editor.deleted).toEqual(["for good /m/manifest"]);
  });

  it("says that the model is loaded, and unloads it only when its files go", async () => {
    editor.env.remoteName = "ssh-remote";
    loaded = { path: model.path };
    expect(await remove()).toBe(false);
    expect(editor.details[0]).toContain("It is loaded, and is unloaded first.");
    expect(editor.deleted).toEqual([]);
    editor.answers = [true];
    expect(await remove()).toBe(true);
    expect(editor.deleted).toEqual(["unloaded", "for good /m/manifest", "for good /m/blob"]);
  });

  it("says why the trash refused, and offers nothing where a permission is missing", async () => {
    editor.trash = new editor.FileSystemError("The disk has no trash.", "Unknown");
    editor.answers = [true, false];
    expect(await remove()).toBe(false);
    expect(editor.details[1]).toContain("It could not be moved to the trash: The disk has no trash.");
    editor.details.length = 0;
    editor.trash = new editor.FileSystemError("Not permitted.", "NoPermissions");
    editor.answers = [true];
    await expect(remove()).rejects.toThrow("manifest could not be deleted: Not permitted.");
    expect(editor.details).toHaveLength(1);
    expect(editor.deleted).toEqual([]);
  });

  it("of a first file that is gone, removes the rest", async () => {
    editor.trash = new editor.FileSystemError("gone", "FileNotFound");
    editor.answers = [true];
    expect(await remove()).toBe(true);
    expect(editor.deleted).toEqual(["trash /m/blob"]);
  });
});
