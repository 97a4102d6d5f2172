import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ShownFinding } from "../../../../src/protocol/panels";
import { applyCorrections, Corrections } from "../../../../src/services/analysis/corrections";
import { JsonStore } from "../../../../src/services/jsonStore";

const text = "1. Term. This Agreement lasts three years.\n\n2. Law. The laws of Delaware govern this Agreement.\n";
const document = { uri: "file:///secret/merger.md", name: "merger.md", text };
const log = { info: () => undefined, error: () => undefined };
const law = { category: "Governing Law", start: text.indexOf("2. Law"), end: text.length - 1 };

function shown(category: string, start: number, end: number): ShownFinding {
  return { id: `${category}@${start}`, category, start, end, probability: 0.8, severity: "information", line: 1, quote: text.slice(start, end), why: "" };
}

describe("corrections", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "decant-corrections-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const open = (): Corrections => new Corrections(new JsonStore(folder, log));

  it("are remembered by document, also by the next process", async () => {
    await open().reject(document, law);
    expect(await open().of(document)).toEqual([{ category: "Governing Law", isClause: false, text: text.slice(law.start, law.end), start: law.start, end: law.end }]);
    expect(await open().of({ ...document, uri: "file:///other.md" })).toEqual([]);
    // The name of a file tells nobody what documents a person reads.
    expect(readdirSync(folder).join()).not.toContain("merger");
  });

  it("follow their words when text is put before them, and rest when the words are gone", async () => {
    await open().reject(document, law);
    const moved = { ...document, text: `A new preamble, quite long.\n\n${text}` };
    expect((await open().of(moved)).map(({ start }) => start)).toEqual([law.start + 29]);
    expect(await open().of({ ...document, text: "Something else altogether, without any clause about the law in it." })).toEqual([]);
  });

  it("take findings away and add those marked by hand", async () => {
    const corrections = open();
    await corrections.reject(document, law);
    await corrections.accept(document, 0, 42, "Expiration Date");
    const left = applyCorrections([shown("Governing Law", law.start, law.end), shown("Parties", law.start, law.end)], await corrections.of(document), text);
    expect(left.map(({ category, byHand, probability }) => [category, byHand, probability])).toEqual([["Expiration Date", true, 1], ["Parties", undefined, 0.8]]);
  });

  it("keep the last word about a passage", async () => {
    const corrections = open();
    await corrections.reject(document, law);
    await corrections.accept(document, law.start, law.end, law.category);
    expect((await corrections.of(document)).map(({ isClause }) => isClause)).toEqual([true]);
    await corrections.clear(document);
    expect(await open().of(document)).toEqual([]);
  });

  it("are exported as labelled data that labels.jsonl readers understand", async () => {
    const corrections = open();
    await corrections.reject(document, { ...law, category: "Parties" });
    const lines = await corrections.exportLabels([{ document, findings: [shown("Governing Law", law.start, law.end)] }]);
    expect(JSON.parse(lines)).toEqual({
      file: "merger.md", title: "merger.md",
      spans: { "Governing Law": [[law.start, law.end]] },
      rejected: { Parties: [[law.start, law.end]] },
    });
    expect(lines.endsWith("\n")).toBe(true);
  });

  it("leave a readable file", async () => {
    await open().reject(document, law);
    const [file = ""] = readdirSync(folder);
    expect(JSON.parse(readFileSync(join(folder, file), "utf8"))).toHaveLength(1);
  });
});
