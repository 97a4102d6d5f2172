import { describe, expect, it } from "vitest";
import { describeModel, listLength, type ParsedHeader } from "../../../../src/core/gguf/header";
import type { ParseOptions } from "../../../../src/core/gguf/headerParser";
import { headerReading, parseGguf } from "../../../../src/core/gguf/parse";
import { ggufHeaderBytes, type MetadataEntry } from "../../../../src/core/gguf/writer";
import { type Dialect, ggufBytes, headerOf } from "../../ggufBytes";

const metadata: readonly MetadataEntry[] = [
  { key: "general.architecture", type: "string", value: "llama" },
  { key: "small", type: "i8", value: -3 },
  { key: "huge", type: "u64", value: 2n ** 60n + 1n },
  { key: "far", type: "i64", value: -(2n ** 62n) },
  { key: "yes", type: "bool", value: true },
  { key: "half", type: "f64", value: 0.5 },
  { key: "words", type: "array", element: "string", value: ["é", "\ufeffb", "", "d"] },
  { key: "numbers", type: "array", element: "u16", value: [1, 2, 65535] },
  { key: "text", type: "string", value: "a long text that need not be kept" },
];
const tensors = [{ name: "a", type: "Q4_K", shape: [256, 2] }, { name: "norm", type: "F32", shape: [256] }] as const;
/** 2 blocks of 144 bytes, padded to 288; 1,024 bytes. */
const dataLength = 288 + 1024;
const whole = ggufHeaderBytes({ metadata, tensors });

function parsed(bytes: Uint8Array, options?: ParseOptions, fileBytes = bytes.length + dataLength): ParsedHeader {
  const result = parseGguf(bytes, fileBytes, options);
  if ("needs" in result) throw new Error(`It wants ${result.needs} bytes.`);
  return result.header;
}

describe("parseGguf", () => {
  it("reads what the writer writes", () => {
    const header = parsed(whole);
    expect(header).toMatchObject({ version: 3, bigEndian: false, alignment: 32, dataOffset: whole.length });
    expect(header.problem).toBeUndefined();
    expect(header.metadata).toEqual({
      "general.architecture": "llama", small: -3, huge: 2n ** 60n + 1n, far: -(2n ** 62n), yes: true, half: 0.5,
      words: ["é", "\ufeffb", "", "d"], numbers: [1, 2, 65535], text: "a long text that need not be kept",
    });
    expect(header.tensors).toEqual([
      { name: "a", type: "Q4_K", shape: [256, 2], bytes: 288, offset: 0 },
      { name: "norm", type: "F32", shape: [256], bytes: 1024, offset: 288 },
    ]);
    expect(header.entries.get("small")).toEqual({ type: "i8", bytes: 8 + 5 + 4 + 1 });
    expect(header.entries.get("numbers")).toEqual({ type: "array", element: "u16", bytes: 8 + 7 + 4 + 4 + 8 + 6 });
  });

  it("folds what is too long, and says where it lies", () => {
    const header = parsed(whole, { longest: 3, longestText: 10 });
    const words = header.metadata.words as { offset: number; bytes: number };
    expect(words).toMatchObject({ kind: "folded", element: "string", length: 4, first: ["é", "\ufeffb", "", "d"], bytes: 32 + 2 + 4 + 1 });
    expect(Buffer.from(whole).toString("utf8", words.offset + 8, words.offset + 10)).toBe("é");
    expect(header.metadata.numbers).toEqual([1, 2, 65535]);
    expect(header.metadata.text).toMatchObject({ kind: "foldedText", first: "a long text that need not be kept", bytes: 33 });
    expect(header.entries).toEqual(parsed(whole).entries);
    expect(listLength(header, "words")).toBe(4);
    expect(parsed(whole, { longest: 1, whole: (key) => key === "words" }).metadata.words).toHaveLength(4);
    expect(parsed(whole, { longest: 1 }).metadata.numbers).toMatchObject({ element: "u16", length: 3, first: [1, 2, 65535], bytes: 6 });
  });

  it("says what it needs to go on, never more than the file has, until it has all", () => {
    const fileBytes = whole.length + dataLength;
    for (const longest of [Infinity, 1]) {
      let [length, steps] = [1, 0];
      for (;; steps++) {
        const result = parseGguf(whole.subarray(0, length), fileBytes, { longest });
        if ("header" in result) break;
        expect(result.needs).toBeGreaterThan(length);
        expect(result.needs).toBeLessThanOrEqual(fileBytes);
        length = result.needs;
      }
      expect(steps).toBeLessThan(8);
    }
  });

  it.each<Dialect>([{ version: 1 }, { version: 2 }, { version: 3, bigEndian: true }, { version: 1, bigEndian: true }])("reads %o", (dialect) => {
    const bytes = headerOf(dialect, metadata, tensors);
    const header = parsed(bytes);
    expect(header.metadata).toEqual(parsed(whole).metadata);
    expect(header.tensors).toEqual(parsed(whole).tensors);
    expect(header).toMatchObject({ version: dialect.version, bigEndian: dialect.bigEndian ?? false });
    const problem = dialect.bigEndian ? "x.gguf is big-endian" : dialect.version === 1 ? "x.gguf is a GGUF file of version 1; versions 2 and 3 can be used. Convert" : undefined;
    expect(describeModel("x.gguf", parsed(bytes, { name: "x.gguf" }), 1).problem?.slice(0, problem?.length)).toBe(problem);
  });

  it("refuses a header cut at any byte, and tells data that are cut", () => {
    const written = ggufBytes({ a: "b" }, [{ name: "t", shape: [2] }]);
    const end = written.length - 64;
    expect(parsed(written, {}, written.length).problem).toBeUndefined();
    for (let length = 4; length < end - 20; length++) {
      expect(() => parseGguf(written.subarray(0, length), length), `at ${length}`).toThrow(/cut off/);
    }
    expect(parsed(written, {}, written.length - 25).problem).toMatchObject({ code: "truncated" });
  });

  it.each<[what: string, bytes: Uint8Array, sentence: RegExp]>([
    ["nothing", Buffer.alloc(0), /x\.gguf is empty/],
    ["another format", Buffer.from("Not a model at all"), /x\.gguf is not a GGUF file\./],
    ["an old format", Buffer.from("tjgg and so on"), /format before it \(GGML\)/],
    ["zeros", Buffer.alloc(4096), /never written to its end/],
    ["a version to come", ggufBytes({}, [], { version: 4 }), /of version 4; versions 2 and 3 can be used/],
    ["2^60 tensors", ggufBytes({}, [], { tensors: 2n ** 60n }), /damaged header \(it announces 1\.2e\+18 tensors and 0 metadata entries/],
    ["a text longer than the file", headerWith("s", 8, u64(2n ** 40n)), /cut off inside its header/],
    ["a list longer than the file", headerWith("s", 9, [...u32(4), ...u64(2n ** 62n)]), /cut off inside its header/],
    ["a value of an unknown type", headerWith("s", 13, []), /a metadata value of type 13/],
    ["lists in lists without end", headerWith("s", 9, Array.from({ length: 20 }, () => [...u32(9), ...u64(1n)]).flat()), /lists in lists in lists/],
  ])("refuses %s", (_, bytes, sentence) => {
    for (const longest of [Infinity, 0]) expect(() => parseGguf(bytes, bytes.length, { name: "x.gguf", longest })).toThrow(sentence);
  });

  it("shows what it can of a header with a problem", () => {
    const problemOf = (entries: readonly MetadataEntry[], shapes: readonly { name: string; type: string; shape: readonly number[] }[] = tensors): string | undefined =>
      parsed(headerOf({ version: 3 }, entries, shapes), {}, 1e6).problem?.message;
    expect(problemOf([{ key: "general.alignment", type: "u32", value: 0 }])).toMatch(/an alignment of 0/);
    expect(problemOf([{ key: "general.alignment", type: "u32", value: 48 }])).toMatch(/an alignment of 48/);
    expect(problemOf([{ key: "general.alignment", type: "f32", value: NaN }])).toMatch(/an alignment of type f32/);
    expect(problemOf([{ key: "a", type: "u8", value: 0 }, { key: "a", type: "u8", value: 1 }])).toMatch(/the key a twice/);
    expect(problemOf([], [tensors[0], tensors[0]])).toMatch(/the tensor a twice/);
    expect(problemOf([], [])).toMatch(/has no tensors/);
    expect(problemOf([{ key: "split.count", type: "u16", value: 2 }], [])).toBeUndefined();
    const strange = parsed(headerOf({ version: 3 }, [], [{ name: "a", type: "999", shape: [3] }, tensors[1]]), {}, 1e6);
    expect(strange.problem?.message).toBe('Tensor "a" has storage type 999, which this release of llama.cpp does not know.');
    expect(strange.tensors.map(({ type, bytes }) => [type, bytes])).toEqual([["type 999", 0], ["F32", 1024]]);
  });

  it("keeps names that JavaScript gives a meaning to", () => {
    const header = parsed(headerOf({ version: 3 }, [{ key: "__proto__", type: "string", value: "x" }, { key: "constructor", type: "u8", value: 1 }], tensors));
    expect(Object.keys(header.metadata)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(header.metadata)).toBe(Object.prototype);
  });
});

describe("headerReading", () => {
  const words = Array.from({ length: 30_000 }, (_, index) => `word ${index}`);
  const bytes = Buffer.from(ggufHeaderBytes({
    metadata: [
      { key: "words", type: "array", element: "string", value: words },
      { key: "numbers", type: "array", element: "f32", value: new Float32Array(500_000) },
      { key: "text", type: "string", value: "x".repeat(300_000) },
      { key: "last", type: "u8", value: 7 },
    ],
    tensors,
  }));

  function read(options: ParseOptions, file = Buffer.concat([bytes, Buffer.alloc(dataLength)])): { readonly header: ParsedHeader; readonly bytesRead: number } {
    const reading = headerReading(bytes.length + dataLength, options);
    let [step, bytesRead] = [reading.next(), 0];
    while (!step.done) {
      bytesRead += step.value.bytes;
      step = reading.next(file.subarray(step.value.offset, step.value.offset + step.value.bytes));
    }
    return { header: step.value, bytesRead };
  }

  it("leaps over what it folds, and finds the same", () => {
    const { header, bytesRead } = read({ longest: 512, longestText: 1000 });
    expect(header.metadata).toMatchObject({ words: { length: 30_000, first: words.slice(0, 8) }, numbers: { length: 500_000, bytes: 2_000_000 }, text: { bytes: 300_000 }, last: 7 });
    expect(header).toEqual(parsed(bytes, { longest: 512, longestText: 1000 }));
    expect(bytesRead).toBeLessThan(1_200_000);
    expect(read({}).header).toEqual(parsed(bytes));
  });

  it("tells a file that became shorter", () => {
    expect(() => read({ name: "x.gguf" }, bytes.subarray(0, 100_000))).toThrow("x.gguf became shorter while it was read");
  });
});

function headerWith(key: string, type: number, value: readonly number[]): Buffer {
  return Buffer.from([...Buffer.from("GGUF"), ...u32(3), ...u64(0n), ...u64(1n), ...u64(BigInt(key.length)), ...Buffer.from(key), ...u32(type), ...value, ...new Array<number>(64).fill(0)]);
}
function u32(value: number): number[] {
  return [...Buffer.from(Uint32Array.of(value).buffer)];
}
function u64(value: bigint): number[] {
  return [...Buffer.from(BigUint64Array.of(value).buffer)];
}
