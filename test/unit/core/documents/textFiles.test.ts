import { describe, expect, it } from "vitest";
import { filesToRead, isTextPath } from "../../../../src/core/documents/textFiles";

const MiB = 1024 ** 2;

describe("the texts of a folder", () => {
  it("are told by their extension, outside of what tools have made", () => {
    for (const path of ["a.md", "deep/B.TXT", "deep\\c.text", "outline/d.rst"]) expect(isTextPath(path), path).toBe(true);
    for (const path of ["a.gguf", "txt", ".md", "out/a.md", "deep/node_modules/a.md", "deep\\dist\\a.md"]) expect(isTextPath(path), path).toBe(false);
  });

  it("are taken by path, however they were found", () => {
    expect(filesToRead(["b", "c/a", "a"].map((path) => ({ path, bytes: 1 }))).map(({ path }) => path)).toEqual(["a", "b", "c/a"]);
  });

  it("go on behind one that is too large, until there are enough", () => {
    const files = [{ path: "a", bytes: 30 * MiB }, { path: "b", bytes: 15 * MiB }, { path: "c", bytes: 6 * MiB }, { path: "d", bytes: 5 * MiB }, { path: "e", bytes: 1 }];
    expect(filesToRead(files).map(({ path }) => path)).toEqual(["b", "d"]);
    const many = Array.from({ length: 600 }, (_, index) => ({ path: String(index).padStart(3, "0"), bytes: 1 }));
    expect(filesToRead(many).map(({ path }) => path)).toEqual(many.slice(0, 500).map(({ path }) => path));
  });
});
