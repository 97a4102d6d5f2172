import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ShownFinding } from "../../../../src/protocol/panels";
import { applyCorrections, Corrections } from "../../../../src/services/analysis/corrections";
import { JsonStore } from "../../../../src/services/jsonStore";
import { readLabelledDocuments } from "../../../../src/services/tradeoffs/labelledDocuments";

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

  it("are all kept when they come at the same moment", async () => {
    const corrections = open();
    await Promise.all(["Parties", "Insurance", "Non-Compete"].map((category) => corrections.reject(document, { ...law, category })));
    expect((await open().of(document)).map(({ category }) => category)).toEqual(["Parties", "Insurance", "Non-Compete"]);
  });

  it("stay with the copy of their words that is nearest, and never hop to words that are only alike", async () => {
    const copy = "Governed by the laws of Delaware.";
    const copies = { ...document, text: `${copy}\n\n${"Filler. ".repeat(40)}\n\n${copy}\n` };
    const second = copies.text.lastIndexOf(copy);
    await open().reject(copies, { category: "Governing Law", start: second, end: second + copy.length });
    expect((await open().of({ ...copies, text: `New. ${copies.text}` })).map(({ start }) => start)).toEqual([second + 5]);
    expect((await open().of({ ...copies, text: copies.text.slice(20) })).map(({ start }) => start)).toEqual([second - 20]);

    const alike = { uri: "file:///alike.md", name: "alike.md", text: "The Supplier shall deliver the goods to the warehouse of the Buyer." };
    await open().reject(alike, { category: "Insurance", start: 0, end: alike.text.length });
    expect(await open().of({ ...alike, text: "The Supplier shall deliver the tools to the warehouse of the Buyer." })).toEqual([]);
    const wrapped = "Preamble.\n\nThe Supplier shall deliver\nthe goods to the  warehouse of the Buyer.";
    expect(await open().of({ ...alike, text: wrapped })).toMatchObject([{ start: 11, end: wrapped.length }]);
  });

  it("keep the last word about a passage also when the text before it has grown", async () => {
    const corrections = open();
    await corrections.reject(document, law);
    const grown = "A new preamble. ".repeat(40);
    const moved = { ...document, text: grown + text };
    await corrections.accept(moved, grown.length + law.start, grown.length + law.end, law.category);
    expect((await corrections.of(moved)).map(({ isClause, start }) => [isClause, start])).toEqual([[true, grown.length + law.start]]);
  });

  it("mark a clause of an own kind with the weight and the words of that kind", async () => {
    const own = [{ name: "Pets", description: "Who may keep a dog.", severity: "warning" as const, examples: [] }];
    const corrections = new Corrections(new JsonStore(folder, log), async () => own);
    await corrections.accept(document, 0, 42, "Pets");
    await corrections.accept(document, law.start, law.end, "Governing Law");
    expect(applyCorrections([], await corrections.of(document), text)).toMatchObject([{ category: "Pets", severity: "warning", why: "Who may keep a dog.", line: 1, byHand: true }, { category: "Governing Law", line: 3 }]);
    const broken = new Corrections(new JsonStore(folder, log), async () => { throw new Error("broken"); });
    expect(await broken.of(document)).toHaveLength(2);
  });

  it("are exported as labelled data that can be read back, wherever the labels are saved", async () => {
    const corrections = open();
    await corrections.reject(document, { ...law, category: "Parties" });
    const inside = await saved("contracts/a/merger.md", text);
    const namesake = await saved("contracts/b/merger.md", `Edited since.\n${text}`);
    const converted = { ...document, uri: "decant-text:/tmp/merger.docx.md", name: "merger.docx.md" };
    const documents = [inside, namesake, converted, document].map((one) => ({ document: one, findings: [shown("Governing Law", law.start, law.end)] }));
    const target = join(folder, "contracts/labels.jsonl");
    const { labels, texts } = await corrections.exportLabels(documents, pathToFileURL(target).toString());
    for (const one of texts) {
      mkdirSync(dirname(join(folder, "contracts", one.file)), { recursive: true });
      writeFileSync(join(folder, "contracts", one.file), one.text);
    }
    writeFileSync(target, labels);
    const lines = labels.trimEnd().split("\n").map((line) => JSON.parse(line) as { file: string });
    expect(lines[0]).toEqual({ file: "a/merger.md", title: "merger.md", spans: { "Governing Law": [[law.start, law.end]] }, rejected: {} });
    expect(lines[3]).toMatchObject({ title: "merger.md", rejected: { Parties: [[law.start, law.end]] } });
    // What is not in the file of that name as it is on disk is written beside the labels.
    expect(texts.map(({ file }) => file)).toEqual(["labels-texts/2-merger.md.txt", "labels-texts/3-merger.docx.md.txt", "labels-texts/4-merger.md.txt"]);
    expect((await readLabelledDocuments(target)).map((read) => read.text)).toEqual([text, text, text, text]);

    const elsewhere = await corrections.exportLabels(documents.slice(0, 1), pathToFileURL(join(folder, "other/labels.jsonl")).toString());
    expect(elsewhere.texts).toEqual([{ file: "labels-texts/1-merger.md.txt", text }]);
  });

  async function saved(path: string, content: string): Promise<typeof document> {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    return { uri: pathToFileURL(join(folder, path)).toString(), name: "merger.md", text };
  }

  it("leave a readable file", async () => {
    await open().reject(document, law);
    const [file = ""] = readdirSync(folder);
    expect(JSON.parse(readFileSync(join(folder, file), "utf8"))).toHaveLength(1);
  });
});
