import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HumanError } from "../../../src/protocol/humanError";
import type { ConversionPlan } from "../../../src/protocol/model";
import { ConvertFlow, type ConvertParts } from "../../../src/ui/conversion/convertFlow";

/** The editor's questions, answered in turn, and the files of the system. */
const editor = vi.hoisted(() => {
  class Uri {
    readonly scheme = "file";
    constructor(readonly fsPath: string) {}
    static file(path: string): Uri {
      return new Uri(path);
    }
  }
  return { Uri, answers: [] as (string | undefined)[], saves: [] as (string | undefined)[], questions: [] as string[] };
});
vi.mock("vscode", async () => {
  const { stat } = await import("node:fs/promises");
  const ask = async (question: string): Promise<string | undefined> => {
    editor.questions.push(question);
    return editor.answers.shift();
  };
  const showSaveDialog = async (): Promise<unknown> => {
    const path = editor.saves.shift();
    return path === undefined ? undefined : new editor.Uri(path);
  };
  return {
    Uri: editor.Uri,
    FileType: { File: 1, Directory: 2 },
    workspace: { fs: { stat: async ({ fsPath }: { fsPath: string }) => ({ type: (await stat(fsPath)).isDirectory() ? 2 : 1 }) } },
    window: { showInformationMessage: ask, showWarningMessage: ask, showSaveDialog },
  };
});

const plan: ConversionPlan = { architecture: "qwen3", parameters: 1, bytes: 1, tensors: 1, type: "BF16", notes: [] };

describe("converting a checkpoint", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "decant-convert-"));
    mkdirSync(join(root, "sprout"));
    Object.assign(editor, { answers: [], saves: [], questions: [] });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function flow(more: { output?: string; notes?: readonly string[]; fails?: boolean } = {}) {
    const output = more.output ?? join(root, "sprout-BF16.gguf");
    const written: string[] = [];
    const logged: string[] = [];
    const added: string[] = [];
    const parts: ConvertParts = {
      conversions: {
        plan: async () => ({ ...plan, notes: more.notes ?? [] }),
        outputPath: () => output,
        convert: async function* (_folder, _type, _token, path = output) {
          if (more.fails) throw HumanError.cancelled();
          written.push(path);
          yield { kind: "result", result: { path, bytes: 1, type: "BF16", seconds: 1 } } as never;
        },
      },
      library: { refresh: () => undefined },
      activity: { run: (_title, task) => task(() => undefined, undefined as never) },
      log: { info: (message) => logged.push(message), error: () => undefined },
      requireTrust: async () => undefined,
      reveal: async () => undefined,
      isListed: (folder) => folder === root,
      addFolder: async (folder) => void added.push(folder),
    };
    return { run: () => new ConvertFlow(parts).run(new editor.Uri(join(root, "sprout"))), written, logged, added };
  }

  it("never takes a name for which the system offered to replace a file", async () => {
    const [taken, free] = [join(root, "taken.gguf"), join(root, "free.gguf")];
    writeFileSync(taken, "somebody's");
    editor.answers = ["Save As…", "Save As…"];
    editor.saves = [taken, free];
    const { run, written } = flow();
    await run();
    expect(editor.questions).toContain("taken.gguf exists already.");
    expect(written).toEqual([free]);
  });

  it("ends when no other name is chosen", async () => {
    writeFileSync(join(root, "sprout-BF16.gguf"), "somebody's");
    editor.answers = ["Convert", undefined];
    const { run, written } = flow();
    await run();
    expect(written).toEqual([]);
  });

  it("makes the folder for the file, and leaves none behind when it is cancelled", async () => {
    const output = join(root, "new", "models", "sprout.gguf");
    editor.answers = ["Convert"];
    await expect(flow({ output, fails: true }).run()).rejects.toThrow();
    expect(existsSync(join(root, "new"))).toBe(false);
    editor.answers = ["Convert"];
    await flow({ output }).run();
    expect(existsSync(join(root, "new", "models"))).toBe(true);
    mkdirSync(join(root, "kept"));
    editor.answers = ["Convert"];
    await expect(flow({ output: join(root, "kept", "sprout.gguf"), fails: true }).run()).rejects.toThrow();
    expect(existsSync(join(root, "kept"))).toBe(true);
  });

  it("says where the file is, and offers to list its folder where that is not looked in", async () => {
    const folder = join(root, "elsewhere");
    editor.answers = ["Convert", "Add Folder"];
    const { run, added } = flow({ output: join(folder, "sprout.gguf") });
    await run();
    await new Promise((resolve) => setImmediate(resolve));
    expect(editor.questions.at(-1)).toBe(`sprout.gguf is ready in ${folder}: BF16, 1 B, in 1.0 s. Models of that folder are not listed.`);
    expect(added).toEqual([folder]);
    editor.answers = ["Convert"];
    await flow().run();
    expect(editor.questions.at(-1)).toBe(`sprout-BF16.gguf is ready in ${root}: BF16, 1 B, in 1.0 s.`);
  });

  it("writes every note of the plan to the log, also those that the dialog has no room for", async () => {
    const notes = Array.from({ length: 8 }, (_, index) => `Note ${index}.`);
    const { run, logged } = flow({ notes });
    await run();
    expect(logged).toEqual(notes.map((note) => `sprout: ${note}`));
  });
});
