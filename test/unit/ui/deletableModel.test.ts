import { describe, expect, it } from "vitest";
import type { ModelFile } from "../../../src/protocol/model";
import { deletableModel } from "../../../src/ui/models/deletableModel";

const file = (path: string, more: Partial<ModelFile> = {}): ModelFile =>
  ({ path, family: "tiny", type: "Q8_0", bytes: 1, parameters: 1, architecture: "llama", contextLength: 512, ...more });
const listed = [file("/models/tiny-Q8_0.gguf"), file("/models/broken.GGUF", { problem: "It is cut off." }), file("/decant/shipped-F16.gguf", { builtIn: true })];

describe("deletableModel", () => {
  it("accepts what is listed, usable or not", () => {
    expect(deletableModel(listed, "/models/tiny-Q8_0.gguf")).toBe(listed[0]);
    expect(deletableModel(listed, "/models/broken.GGUF")).toBe(listed[1]);
  });
  it("refuses the shipped model by its path alone", () => {
    expect(() => deletableModel(listed, "/decant/shipped-F16.gguf")).toThrow("belongs to Decant");
    expect(() => deletableModel(listed, "/models/../decant/shipped-F16.gguf")).toThrow("not among the models");
  });
  it("refuses every other file", () => {
    expect(() => deletableModel(listed, "/home/someone/thesis.md")).toThrow("thesis.md is not among the models that Decant lists");
    expect(() => deletableModel([file("/models/notes.txt")], "/models/notes.txt")).toThrow("not among the models");
  });
});
