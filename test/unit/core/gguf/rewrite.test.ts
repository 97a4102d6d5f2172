import { describe, expect, it } from "vitest";
import { parseGguf } from "../../../../src/core/gguf/parse";
import { changedEntries, metadataEntries } from "../../../../src/core/gguf/rewrite";
import { ggufHeaderBytes, type MetadataEntry } from "../../../../src/core/gguf/writer";

const entries: readonly MetadataEntry[] = [
  { key: "general.architecture", type: "string", value: "llama" },
  { key: "a.i64", type: "i64", value: -(2n ** 60n) },
  { key: "a.f32", type: "f32", value: 0.5 },
  { key: "a.yes", type: "bool", value: true },
  { key: "a.texts", type: "array", element: "string", value: ["é", ""] },
  { key: "a.numbers", type: "array", element: "u16", value: [1, 65535] },
];

function parsed(bytes: Uint8Array) {
  const reading = parseGguf(bytes, bytes.length);
  if (!("header" in reading)) throw new Error("not whole");
  return reading.header;
}

describe("metadataEntries", () => {
  it("gives back what a header was written from, byte by byte", () => {
    const bytes = ggufHeaderBytes({ metadata: entries, tensors: [] });
    expect(ggufHeaderBytes({ metadata: metadataEntries(parsed(bytes)), tensors: [] })).toEqual(bytes);
  });

  it("refuses lists in lists by their key", () => {
    const header = parsed(ggufHeaderBytes({ metadata: entries, tensors: [] }));
    const nested = { ...header, metadata: { "a.deep": [[1]] }, entries: new Map([["a.deep", { type: "array" as const, element: "array" as const, bytes: 1 }]]) };
    expect(() => metadataEntries(nested)).toThrow("a.deep holds lists in lists");
  });
});

describe("changedEntries", () => {
  it("replaces in place, adds at the end, and leaves out", () => {
    const changed = changedEntries(entries, [{ key: "a.f32", type: "f32", value: 2 }, { key: "b", type: "u8", value: 1 }], ["a.yes"]);
    expect(changed.map(({ key }) => key)).toEqual(["general.architecture", "a.i64", "a.f32", "a.texts", "a.numbers", "b"]);
    expect(changed.find(({ key }) => key === "a.f32")).toEqual({ key: "a.f32", type: "f32", value: 2 });
  });
});
