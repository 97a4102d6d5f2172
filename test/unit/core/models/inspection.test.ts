import { describe, expect, it } from "vitest";
import type { ParsedHeader } from "../../../../src/core/gguf/header";
import type { ParseOptions } from "../../../../src/core/gguf/headerParser";
import { parseGguf } from "../../../../src/core/gguf/parse";
import { ggufHeaderBytes, type MetadataEntry, type WrittenTensor } from "../../../../src/core/gguf/writer";
import { inspectionOf } from "../../../../src/core/models/inspection";
import { diffOf } from "../../../../src/core/models/inspectionDiff";
import type { ModelFile } from "../../../../src/protocol/model";
import type { Inspection } from "../../../../src/protocol/modelPanels";

const model: ModelFile = { path: "/m/a.gguf", family: "a", type: "Q4_K_M", bytes: 5, parameters: 6, architecture: "llama", contextLength: 7 };
const tensors: readonly WrittenTensor[] = [{ name: "blk.11.ffn_down.weight", type: "Q4_K", shape: [256, 2] }, { name: "v.blk.3.attn_q.weight", type: "F16", shape: [3] }, { name: "token_embd.weight", type: "F32", shape: [4, 2] }];
const words = Array.from({ length: 20 }, (_, index) => `w${index}`);
const metadata: readonly MetadataEntry[] = [
  { key: "general.name", type: "string", value: "A" },
  { key: "rope", type: "f32", value: 0.1 },
  { key: "seed", type: "u64", value: 2n ** 63n },
  { key: "bad", type: "f32", value: Number.NaN },
  { key: "yes", type: "bool", value: true },
  { key: "words", type: "array", element: "string", value: words },
  { key: "scales", type: "array", element: "f32", value: [0.1, 1e-5] },
];

function headerOf(entries: readonly MetadataEntry[] = metadata, shapes = tensors, options?: ParseOptions): ParsedHeader {
  const parsed = parseGguf(ggufHeaderBytes({ metadata: entries, tensors: shapes }), 1e6, options);
  if ("needs" in parsed) throw new Error("It is all there.");
  return parsed.header;
}
function inspect(entries?: readonly MetadataEntry[], shapes?: readonly WrittenTensor[]): Inspection {
  return inspectionOf(model, headerOf(entries, shapes));
}

describe("inspectionOf", () => {
  it("shows values as a person reads them", () => {
    const { metadata: rows, version, bigEndian, model: of } = inspect();
    expect({ version, bigEndian, of }).toEqual({ version: 3, bigEndian: false, of: model });
    expect(rows).toEqual([
      { key: "general.name", type: "string", value: { kind: "text", text: "A" } },
      { key: "rope", type: "f32", value: { kind: "number", value: 0.1 } },
      { key: "seed", type: "u64", value: { kind: "text", text: "9223372036854775808" } },
      { key: "bad", type: "f32", value: { kind: "text", text: "NaN" } },
      { key: "yes", type: "bool", value: { kind: "boolean", value: true } },
      { key: "words", type: "array", value: { kind: "list", element: "string", length: 20, first: words.slice(0, 8) } },
      { key: "scales", type: "array", value: { kind: "list", element: "f32", length: 2, first: ["0.1", "0.00001"] } },
    ]);
  });

  it("shows the same of a header whose lists are folded", () => {
    expect(inspectionOf(model, headerOf(metadata, tensors, { longest: 1 }))).toEqual(inspect());
    const [long] = inspectionOf(model, headerOf([{ key: "t", type: "string", value: "ab".repeat(500) }], tensors, { longestText: 100 })).metadata;
    expect(long?.value).toEqual({ kind: "text", text: `${"ab".repeat(128)}…` });
  });

  it("cuts texts that no panel could hold", () => {
    const [value] = inspect([{ key: "t", type: "string", value: "x".repeat(200_000) }]).metadata;
    expect(value?.value).toEqual({ kind: "text", text: `${"x".repeat(65_536)}…` });
  });

  it("places and weighs tensors", () => {
    expect(inspect().tensors).toEqual([
      { name: "blk.11.ffn_down.weight", type: "Q4_K", shape: [256, 2], bytes: 288, bitsPerWeight: 4.5, block: 11, role: "ffn_down" },
      { name: "v.blk.3.attn_q.weight", type: "F16", shape: [3], bytes: 6, bitsPerWeight: 16, block: 3, role: "attn_q" },
      { name: "token_embd.weight", type: "F32", shape: [4, 2], bytes: 32, bitsPerWeight: 32, block: -1, role: "token_embd" },
    ]);
  });
});

describe("diffOf", () => {
  it("finds nothing between a file and itself", () => {
    expect(diffOf(inspect(), inspect())).toMatchObject({ metadata: [], tensors: [], same: { metadata: 7, tensors: 3 } });
  });

  it("names what one of them lacks, and what differs", () => {
    const other = inspect(
      [{ key: "new", type: "u8", value: 1 }, { key: "rope", type: "f64", value: 0.1 }, { key: "general.name", type: "string", value: "B" }],
      [{ name: "blk.11.ffn_down.weight", type: "Q8_0", shape: [256, 2] }, { name: "v.blk.3.attn_q.weight", type: "F16", shape: [3] }],
    );
    const { metadata: rows, tensors: found, same } = diffOf(inspect(), other);
    expect(rows.map(({ key }) => key)).toEqual(["general.name", "seed", "bad", "yes", "words", "scales", "new"]);
    expect(rows[0]).toEqual({ key: "general.name", first: { kind: "text", text: "A" }, second: { kind: "text", text: "B" } });
    expect(rows.at(-1)).toEqual({ key: "new", second: { kind: "number", value: 1 } });
    expect(found.map(({ name, first, second }) => [name, first?.type, second?.type])).toEqual([["blk.11.ffn_down.weight", "Q4_K", "Q8_0"], ["token_embd.weight", "F32", undefined]]);
    expect(same).toEqual({ metadata: 1, tensors: 1 });
  });
});
