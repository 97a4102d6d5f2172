import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HumanError } from "../../../../src/protocol/humanError";
import type { MeasuredRow } from "../../../../src/protocol/model";
import { JsonStore } from "../../../../src/services/jsonStore";
import { fingerprint } from "../../../../src/services/tradeoffs/fingerprint";
import { readLabelledDocuments } from "../../../../src/services/tradeoffs/labelledDocuments";
import { isWhole, Results } from "../../../../src/services/tradeoffs/results";

const notes: string[] = [];
const log = { info: (text: string) => void notes.push(text), error: (text: string) => void notes.push(text) };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "decant-kept-"));
  notes.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const row = (chunks: number): MeasuredRow => ({ path: "", type: "Q8_0", bytes: 1, bitsPerWeight: 8, perplexity: { value: 5, error: 0 }, promptTokensPerSecond: 1, generationTokensPerSecond: 1, chunks });
const key = { model: "a".repeat(64), text: "b".repeat(64), context: 512, chunks: 20 };

describe("kept results", () => {
  it("are read again under the same model, text and settings only", async () => {
    const results = await Results.open(new JsonStore(folder, log), key);
    results.put("Q8_0", { row: row(20), totalChunks: 20, threads: 1, clauseF1: 0.6 });
    await results.save();
    const read = async (other: Partial<typeof key>) => (await Results.open(new JsonStore(folder, log), { ...key, ...other })).get("Q8_0");
    expect((await read({}))?.clauseF1).toBe(0.6);
    expect(isWhole(await read({}))).toBe(true);
    for (const other of [{ model: "c".repeat(64) }, { text: "c".repeat(64) }, { context: 256 }, { chunks: 5 }]) expect(await read(other)).toBeUndefined();
  });

  it("keep the row that rests on more chunks, and its clause F1", async () => {
    const results = await Results.open(new JsonStore(undefined, log), key);
    results.put("Q8_0", { row: row(20), totalChunks: 20, threads: 1, clauseF1: 0.6 });
    results.put("Q8_0", { row: row(3), totalChunks: 20, threads: 1 });
    expect(results.get("Q8_0")?.row.chunks).toBe(20);
    results.put("Q8_0", { row: row(20), totalChunks: 20, threads: 1 });
    expect(results.get("Q8_0")?.clauseF1).toBe(0.6);
  });
});

describe("JSON store", () => {
  it("leaves nothing half-written, and passes over a damaged file with a note", async () => {
    const store = new JsonStore(join(folder, "deep"), log);
    await Promise.all([store.write("a", { one: 1 }), store.write("a", { two: 2 })]);
    expect(await store.read("a")).toEqual({ two: 2 });
    expect(await readdir(join(folder, "deep"))).toEqual(["a.json"]);
    await writeFile(join(folder, "deep", "a.json"), "{");
    expect(await store.read("a")).toBeUndefined();
    expect(notes).toHaveLength(1);
  });

  it("does not fail when it cannot write", async () => {
    await writeFile(join(folder, "file"), "");
    await new JsonStore(join(folder, "file"), log).write("a", 1);
    expect(notes).toHaveLength(1);
  });
});

describe("fingerprint", () => {
  it("names the content of a file, not its place", async () => {
    const write = async (name: string, bytes: Buffer): Promise<string> => {
      await writeFile(join(folder, name), bytes);
      return fingerprint(join(folder, name));
    };
    const large = Buffer.alloc(20 * 1024 ** 2, 7);
    const changed = Buffer.from(large);
    changed[changed.length - 1] = 8;
    expect(await write("a", large)).toBe(await write("b", large));
    expect(await write("c", changed)).not.toBe(await write("d", large));
    expect(await write("e", large.subarray(1))).not.toBe(await write("f", large));
    // A file that was replaced under its name is read again.
    expect(await write("a", changed.subarray(5))).not.toBe(await fingerprint(join(folder, "b")));
  });
});

describe("labelled documents", () => {
  const labels = async (...lines: string[]): Promise<string> => {
    await writeFile(join(folder, "labels.jsonl"), lines.join("\n"));
    return join(folder, "labels.jsonl");
  };
  it("are read from beside their labels", async () => {
    await mkdir(join(folder, "deep"));
    await writeFile(join(folder, "deep", "a.txt"), "Delaware law.");
    const path = await labels('{"file": "deep/a.txt", "title": "A", "spans": {"Governing Law": [[0, 12]]}}', "");
    expect(await readLabelledDocuments(path)).toEqual([{ name: "deep/a.txt", text: "Delaware law.", spans: { "Governing Law": [[0, 12]] } }]);
  });
  it("refuses what is malformed, missing or outside of the folder with a sentence", async () => {
    const refusal = async (line: string): Promise<string> => {
      const error: unknown = await readLabelledDocuments(await labels(line)).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(HumanError);
      return (error as Error).message;
    };
    expect(await refusal("{")).toMatch(/^Line 1 of .* is not \{"file"/);
    expect(await refusal('{"file": "a.txt", "spans": {"Law": [[1]]}}')).toMatch(/^Line 1 of .* is not \{"file"/);
    expect(await refusal('{"file": "../a.txt", "spans": {}}')).toMatch(/names a file outside of its folder: \.\.\/a\.txt/);
    expect(await refusal('{"file": "/etc/passwd", "spans": {}}')).toMatch(/outside of its folder/);
    expect(await refusal('{"file": "none.txt", "spans": {}}')).toMatch(/^There is no file at/);
  });
});
