import { describe, expect, it } from "vitest";
import { HumanError } from "../../../src/protocol/humanError";
import type { ModelFile } from "../../../src/protocol/model";
import type { Inspection, InspectionDiff } from "../../../src/protocol/modelPanels";
import { InspectedFile, type InspectedFileParts } from "../../../src/ui/inspector/inspectedFile";

const model = (path: string, more: Partial<ModelFile> = {}): ModelFile =>
  ({ path, family: "tiny", architecture: "llama", type: "F16", parameters: 1, contextLength: 1, bytes: 1, builtIn: false, hasChatTemplate: false, ...more });
const inspection = (path: string): Inspection => ({ model: model(path), version: 3, bigEndian: false, bitsPerWeight: 16, metadata: [], tensors: [] });
const diff = (first: string, second: string): InspectionDiff => ({ first: model(first), second: model(second), metadata: [], tensors: [], same: { metadata: 1, tensors: 1 } });

/** An answer that the test gives when it likes. */
function later<T>() {
  let give: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => (give = resolve));
  return { promise, give };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function opened(parts: Partial<InspectedFileParts>, place = { scheme: "file", path: "/m/sha256-1", fsPath: "/m/sha256-1" }) {
  const shown: string[] = [];
  const errors: unknown[] = [];
  const file: InspectedFile = new InspectedFile(place, {
    inspector: { inspect: async (path) => inspection(path), diff: async (first, second) => diff(first, second) },
    known: async () => undefined,
    showError: (error) => errors.push(error),
    ...parts,
  }, () => shown.push(file.snapshot.name));
  return { file, shown, errors };
}

describe("an open file", () => {
  it("is shown when its header is read, and gets its name when the library has looked", async () => {
    const known = later<ModelFile | undefined>();
    const { file, shown } = opened({ known: () => known.promise });
    expect(file.snapshot).toEqual({ name: "sha256-1", loading: true });
    const look = file.look();
    await settled();
    expect(file.snapshot).toEqual({ name: "sha256-1", inspection: inspection("/m/sha256-1") });
    known.give(model("/m/sha256-1", { source: "ollama", name: "pocket:1b" }));
    await look;
    expect(shown).toEqual(["sha256-1", "pocket:1b"]);
    expect(file.snapshot.inspection?.model.name).toBe("pocket:1b");
  });

  it("that cannot be read tells the problem that the list tells", async () => {
    const { file } = opened({
      inspector: { inspect: async () => { throw new HumanError("notGguf", "1 is not a GGUF file."); }, diff: async (first, second) => diff(first, second) },
      known: async (path) => model(path, { source: "ollama", name: "pocket:1b", problem: "The manifest is not JSON." }),
    });
    await file.look();
    expect(file.snapshot).toEqual({ name: "pocket:1b", problem: "The manifest is not JSON." });
  });

  it("is readable when no folder can be looked through", async () => {
    const { file, errors } = opened({ known: async () => { throw new Error("EACCES"); } });
    await file.look();
    await file.compareWith("/m/other");
    expect(file.snapshot.problem).toBeUndefined();
    expect(file.snapshot.diff).toEqual(diff("/m/sha256-1", "/m/other"));
    expect(errors).toEqual([]);
  });

  it("keeps its name while it is looked at again, and says why it can no longer be read", async () => {
    let fails = false;
    const { file, shown } = opened({
      inspector: { inspect: async (path) => { if (fails) throw new HumanError("notFound", "It is gone."); return inspection(path); }, diff: async (first, second) => diff(first, second) },
      known: async (path) => pocket(path),
    });
    const named = model("/m/sha256-1", { source: "ollama", name: "pocket:1b" });
    const pocket = (path: string): ModelFile | undefined => (path === named.path ? named : undefined);
    await file.look();
    await file.look();
    expect(shown).toEqual(["sha256-1", "pocket:1b", "pocket:1b"]);
    fails = true;
    await file.look();
    expect(file.snapshot).toEqual({ name: "sha256-1", problem: "It is gone." });
  });

  it("says that what lies elsewhere cannot be read", async () => {
    const { file } = opened({}, { scheme: "vscode-vfs", path: "/r/m.gguf", fsPath: "/r/m.gguf" });
    await file.look();
    expect(file.snapshot.problem).toMatch(/m\.gguf is not a file on this machine/);
  });
});

describe("a comparison", () => {
  it("stays closed when a look that is under way ends", async () => {
    const answer = later<InspectionDiff>();
    const { file } = opened({ inspector: { inspect: async (path) => inspection(path), diff: () => answer.promise } });
    const compared = file.compareWith("/m/other");
    await settled();
    file.closeDiff();
    answer.give(diff("/m/sha256-1", "/m/other"));
    await compared;
    expect(file.snapshot.diff).toBeUndefined();
    expect(file.snapshot.inspection).toBeDefined();
  });

  it("names both files as the library does, and is told when it fails", async () => {
    const named = model("/m/other", { source: "ollama", name: "other:1b" });
    const { file, errors } = opened({
      inspector: { inspect: async (path) => inspection(path), diff: async (first, second) => { if (second === "/m/none") throw new Error("gone"); return diff(first, second); } },
      known: async (path) => (path === named.path ? named : undefined),
    });
    await file.compareWith("/m/other");
    expect(file.snapshot.diff?.second.name).toBe("other:1b");
    await file.compareWith("/m/none");
    expect(file.snapshot.diff).toBeUndefined();
    expect(errors).toHaveLength(1);
  });
});
