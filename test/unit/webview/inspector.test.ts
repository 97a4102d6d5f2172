import { describe, expect, test } from "vitest";
import type { ModelFile } from "../../../src/protocol/model";
import type { Inspection, InspectionDiff, MetadataRow, TensorRow } from "../../../src/protocol/modelPanels";
import { changeOf, diffSummary, searchDiff } from "../../../webview/inspector/diffSummary";
import { facts, unusable } from "../../../webview/inspector/facts";
import { lineageStops } from "../../../webview/inspector/lineage";
import { comparedLines, isLongText, meaning, numberWords, searchMetadata, valueText } from "../../../webview/inspector/metadataRows";
import { blockName, groupTensors, shapeWords, typesWords } from "../../../webview/inspector/tensorGroups";
import { type Line, nextSort, searchTensors, sortTensors, tensorLines } from "../../../webview/inspector/tensorRows";
import { initialState, isViewState } from "../../../webview/inspector/viewState";

function tensor(name: string, type: string, shape: readonly number[], bytes: number): TensorRow {
  const [, block, role = name] = /^blk\.(\d+)\.(\w+)/.exec(name) ?? [];
  return { name, type, shape, bytes, bitsPerWeight: (8 * bytes) / shape.reduce((a, b) => a * b, 1), block: block === undefined ? -1 : Number(block), role };
}
const tensors = [
  tensor("blk.10.ffn_up.weight", "Q4_K", [256, 4], 576),
  tensor("token_embd.weight", "Q6_K", [256, 8], 1680),
  tensor("blk.2.attn_q.weight", "Q4_K", [256, 2], 288),
  tensor("blk.2.attn_norm.weight", "F32", [256], 1024),
];
const model: ModelFile = { path: "/m/a-Q4_K_M.gguf", family: "a", type: "Q4_K_M", bytes: 4000, parameters: 3840, architecture: "llama", contextLength: 8192 };
const text = (key: string, value: string): MetadataRow => ({ key, type: "string", value: { kind: "text", text: value } });

describe("tensors by block", () => {
  test("what is outside comes first, then the blocks by number, with their sums", () => {
    expect(groupTensors(tensors).map(({ block, bytes, bitsPerWeight }) => [block, bytes, bitsPerWeight])).toEqual([
      [-1, 1680, 6.5625],
      [2, 1312, (8 * 1312) / 768],
      [10, 576, 4.5],
    ]);
  });
  test("words", () => {
    expect([blockName(-1), blockName(3), shapeWords([4096, 14336]), typesWords(tensors)]).toEqual(["Outside of the blocks", "Block 3", "4096 × 14336", "1 Q6_K, 1 F32, 2 Q4_K"]);
  });
});

describe("lines of the table", () => {
  const names = (lines: readonly Line[]): readonly string[] => lines.map((line) => (line.kind === "block" ? `${line.open ? "-" : "+"}${line.block}` : line.tensor.name));
  test("few tensors are all shown; a block folds by hand", () => {
    expect(names(tensorLines(tensors, { query: "", turned: [2] }))).toEqual(["--1", "token_embd.weight", "+2", "-10", "blk.10.ffn_up.weight"]);
  });
  test("many are folded; a block unfolds by hand, a search unfolds what it finds", () => {
    const many = Array.from({ length: 60 }, (_, index) => tensor(`blk.${Math.floor(index / 2)}.${index % 2 ? "ffn_up" : "attn_q"}.weight`, "Q4_K", [256], 144));
    expect(names(tensorLines(many, { query: "", turned: [] }))).toHaveLength(30);
    expect(names(tensorLines(many, { query: "", turned: [1] })).slice(0, 5)).toEqual(["+0", "-1", "blk.1.attn_q.weight", "blk.1.ffn_up.weight", "+2"]);
    expect(names(tensorLines(many, { query: "blk.1.", turned: [] }))).toEqual(["-1", "blk.1.attn_q.weight", "blk.1.ffn_up.weight"]);
  });
  test("sorted, they stand without their blocks", () => {
    const sorted = tensorLines(tensors, { query: "weight", sort: { column: "bytes", descending: true }, turned: [] });
    expect(names(sorted)).toEqual(["token_embd.weight", "blk.2.attn_norm.weight", "blk.10.ffn_up.weight", "blk.2.attn_q.weight"]);
  });
  test("a search takes every word, of name, type and block", () => {
    const found = (query: string): readonly string[] => searchTensors(tensors, query).map(({ name }) => name);
    expect(found("Q4_k UP")).toEqual(["blk.10.ffn_up.weight"]);
    expect(found("block 2")).toEqual(["blk.2.attn_q.weight", "blk.2.attn_norm.weight"]);
    expect([found(" "), found("nothing")].map(({ length }) => length)).toEqual([4, 0]);
  });
  test("names sort as numbers do, and the header goes round", () => {
    expect(sortTensors(tensors, { column: "name", descending: false }).map(({ block }) => block)).toEqual([2, 2, 10, -1]);
    expect(sortTensors(tensors, { column: "weights", descending: true })[0]?.name).toBe("token_embd.weight");
    expect([nextSort(undefined, "bytes"), nextSort({ column: "bytes", descending: true }, "bytes"), nextSort({ column: "bytes", descending: false }, "bytes"), nextSort({ column: "bytes", descending: false }, "name")]).toEqual([
      { column: "bytes", descending: true },
      { column: "bytes", descending: false },
      undefined,
      { column: "name", descending: false },
    ]);
  });
});

describe("metadata", () => {
  const list: MetadataRow = { key: "tokenizer.ggml.tokens", type: "array", value: { kind: "list", element: "string", length: 32000, first: ["<s>", "</s>"] } };
  const rows = [text("general.name", "Tiny Llama"), list, { key: "general.file_type", type: "u32", value: { kind: "number", value: 15 } } as const, { key: "tokenizer.add_bos", type: "bool", value: { kind: "boolean", value: true } } as const];
  test("is found by key and by value", () => {
    const found = (query: string): readonly string[] => searchMetadata(rows, query).map(({ key }) => key);
    expect([found("llama"), found("general 15"), found("</s>"), found("TRUE"), found("nope")]).toEqual([["general.name"], ["general.file_type"], ["tokenizer.ggml.tokens"], ["tokenizer.add_bos"], []]);
  });
  test("a file type is told by name, numbers are readable", () => {
    expect([meaning(rows[2]!), meaning({ ...rows[2]!, key: "llama.block_count" }), valueText(list.value)]).toEqual(["Q4_K_M", undefined, "<s>, </s>"]);
    expect([numberWords("u32", 131072), numberWords("i32", -1200), numberWords("f32", 0.000009999999747378752), numberWords("f64", 0.1)]).toEqual(["131,072", "−1,200", "0.00001", "0.1"]);
    expect([isLongText("short"), isLongText("two\nlines"), isLongText("x".repeat(161))]).toEqual([false, true, true]);
  });
  test("long values are compared where they begin to differ", () => {
    const same = "s".repeat(500);
    const [first, second] = comparedLines({ kind: "text", text: `${same}A${same}` }, { kind: "text", text: `${same}B` });
    expect(first).toBe(`…${"s".repeat(40)}A${"s".repeat(259)}…`);
    expect(second).toBe(`…${"s".repeat(40)}B`);
    expect(comparedLines(undefined, { kind: "list", element: "i32", length: 2, first: ["1", "2"] })).toEqual(["", "2 i32 values: 1, 2"]);
  });
});

test("a comparison counts what changed, and whose types", () => {
  const [, embedding, query, norm] = tensors as [TensorRow, TensorRow, TensorRow, TensorRow];
  const larger = { ...query, type: "Q8_0", bytes: 544 };
  const diff: InspectionDiff = {
    first: { ...model, bytes: 8000 },
    second: model,
    metadata: [{ key: "general.name", first: { kind: "text", text: "x" } }],
    tensors: [{ name: query.name, first: larger, second: query }, { name: "blk.2.attn_k.weight", first: larger, second: query }, { name: norm.name, second: norm }, { name: embedding.name, first: embedding, second: { ...embedding, shape: [8, 256] } }],
    same: { metadata: 3, tensors: 1 },
  };
  expect(diffSummary(diff)).toEqual({ bytes: -4000, share: 0.5, types: [{ from: "Q8_0", to: "Q4_K", count: 2, bytes: -512 }] });
  expect([...diff.metadata, ...diff.tensors].map(changeOf)).toEqual(["removed", "changed", "changed", "added", "changed"]);
  const found = searchDiff(diff, "q8_0 attn_k");
  expect([found.metadata.length, found.tensors.map(({ name }) => name)]).toEqual([0, ["blk.2.attn_k.weight"]]);
});

describe("where a file came from", () => {
  const stops = (lineage: ModelFile["lineage"]): readonly unknown[] => lineageStops({ path: "/m/this.gguf", lineage });
  test("base, steps, the file before, this file", () => {
    expect(stops({ steps: ["convert F16", "prune 1 block", "quantize Q4_K_M"], base: "Llama", parent: "pruned.gguf" })).toEqual([
      { kind: "base", name: "Llama" },
      { kind: "between", name: undefined, step: "convert F16" },
      { kind: "between", name: "pruned.gguf", step: "prune 1 block" },
      { kind: "this", name: "this.gguf", step: "quantize Q4_K_M" },
    ]);
  });
  test("one step from a file whose base is not known", () => {
    expect(stops({ steps: ["quantize Q4_0"], parent: "big.gguf" })).toEqual([{ kind: "base", name: "big.gguf" }, { kind: "this", name: "this.gguf", step: "quantize Q4_0" }]);
  });
  test("a base alone, and nothing at all", () => {
    expect(stops({ steps: [], base: "Llama" })).toEqual([{ kind: "base", name: "Llama" }, { kind: "this", name: "this.gguf" }]);
    expect([stops(undefined), stops({ steps: [] })]).toEqual([[], []]);
  });
});

test("facts tell what is known, and what is odd", () => {
  const of = (more: Partial<ModelFile>, bigEndian = false): readonly string[] => facts({ model: { ...model, ...more }, version: 3, bigEndian, bitsPerWeight: 4.5, metadata: [], tensors: [] } satisfies Inspection).map(({ name, value }) => `${name}: ${value}`);
  expect(of({})).toEqual(["Architecture: llama", "Context: 8,192 tokens", "Licence: not told", "Chat template: none", "Format: GGUF 3"]);
  expect(of({ contextLength: 0, license: "mit", role: "adapter", parts: { paths: ["a", "b"], expected: 3 }, source: "ollama", name: "llama3.2:1b", attachments: ["/m/mmproj.gguf"] }, true)).toEqual([
    "Architecture: llama", "Licence: mit", "Format: GGUF 3, big-endian", "Parts: 2 of 3 files are here", "Found in: Ollama, llama3.2:1b", "Belongs to it: mmproj.gguf",
  ]);
});

test("a file that cannot be used says why", () => {
  const why = (more: Partial<ModelFile>): string | undefined => unusable({ model: { ...model, ...more } });
  expect([unusable(undefined), why({}), why({ role: "model" })]).toEqual([undefined, undefined, undefined]);
  expect([why({ problem: "It is cut off." }), why({ role: "adapter" }), why({ parameters: 0 })]).toEqual(["It is cut off.", "This is a LoRA adapter.", "It holds no weights."]);
});

test("a kept state of another form is not taken", () => {
  expect(isViewState({ ...initialState, view: "diff", sort: { column: "bits", descending: true }, turned: [-1, 3], selected: "x" })).toBe(true);
  for (const wrong of [undefined, {}, { ...initialState, view: "chart" }, { ...initialState, turned: ["1"] }, { ...initialState, sort: { column: "kl", descending: true } }, { ...initialState, queries: {} }]) expect(isViewState(wrong)).toBe(false);
});
