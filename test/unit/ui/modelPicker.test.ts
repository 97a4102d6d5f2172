import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ModelFile } from "../../../src/protocol/model";
import type { ModelLibrary } from "../../../src/services/models/modelLibrary";
import { AdapterFlow, type AdapterParts } from "../../../src/ui/models/adapterFlow";
import { ModelPicker } from "../../../src/ui/models/modelPicker";
import { isReadable } from "../../../src/ui/models/usableModels";

interface Item {
  readonly label: string;
  readonly description?: string;
}
/** The rows that the editor's pickers offered; none is chosen. */
const editor = vi.hoisted(() => ({ offered: [] as string[] }));
vi.mock("vscode", () => ({
  Uri: class {},
  window: { showQuickPick: async (items: readonly Item[]) => void (editor.offered = items.map(({ label, description }) => `${label}${description?.startsWith("loaded") ? " (loaded)" : ""}`)) },
}));

const file = (family: string, more: Partial<ModelFile> = {}): ModelFile =>
  ({ path: `/m/${family}`, family, type: "F16", bytes: 1, parameters: 1, architecture: "llama", contextLength: 1, ...more });
const adapter = file("law", { role: "adapter" });
const listed = [
  file("a"), file("b"), file("gemma", { architecture: "gemma3" }), file("cut", { problem: "It is cut off." }), adapter,
  file("gone", { type: "unknown", architecture: "unknown", problem: "Its file is missing." }),
];
const library = { files: async () => listed, describe: async () => listed[0] } as unknown as ModelLibrary;
const picker = new ModelPicker(library, { require: async () => undefined } as never, () => undefined);

describe("what a picker of models offers", () => {
  beforeEach(() => {
    editor.offered = [];
  });

  it("for an adapter: models of its architecture, the loaded one first and marked", async () => {
    const flow = new AdapterFlow({ runtime: { loaded: { path: "/m/b" } }, library, picker } as unknown as AdapterParts);
    await flow.attach({ kind: "model", model: adapter, family: { name: "law", builtIn: false, files: [adapter] } });
    expect(editor.offered).toEqual(["b F16 (loaded)", "a F16"]);
  });

  it("to compare: whatever has a header that can be read", async () => {
    await picker.pick(undefined, { placeHolder: "", asFile: true, suits: isReadable });
    expect(editor.offered).toEqual(["a F16", "b F16", "gemma F16", "cut F16", "law F16"]);
    await picker.pickAnother("/m/a", "");
    expect(editor.offered).toEqual(["b F16", "gemma F16", "cut F16", "law F16", "$(file) A file…"]);
  });

  it("says so where nothing suits", async () => {
    await expect(picker.pick(undefined, { placeHolder: "", suits: () => false })).rejects.toThrow("No model of the list suits.");
  });
});
