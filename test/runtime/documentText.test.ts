import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import JSZip from "jszip";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { docxText } from "../../src/runtime/documents/docx";
import { markdownOf } from "../../src/runtime/documents/htmlMarkdown";
import { numberText } from "../../src/runtime/documents/listNumbers";
import { paragraphsOf } from "../../src/runtime/documents/pdfParagraphs";
import { filesInArchive } from "../../src/runtime/documents/zipArchive";
import { failureOf } from "../unit/client/client";
import { buildRuntime } from "./buildRuntime";
import { type RealClient, never, realClient } from "./realClient";

const fixtures = resolve(__dirname, "../fixtures/documents");
let folder: string;
let real: RealClient;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "decant-documents-"));
  real = realClient(await buildRuntime(), folder);
});
afterAll(async () => {
  await real.client.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const read = (name: string) => real.client.documentText(join(fixtures, name), never);
function written(name: string, bytes: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, bytes, "latin1");
  return path;
}
const refusal = (name: string, bytes: string | Buffer) => failureOf(real.client.documentText(written(name, bytes), never));

const packed = (zip: JSZip) => zip.generateAsync({ type: "nodebuffer", compression: "DEFLATE" });

/** The archive, with another size told of a file, in its directory and before the file. */
function withSize(bytes: Buffer, name: string, size: number): Buffer {
  for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) {
    if (at >= 46 && bytes.readUInt32LE(at - 46) === 0x02014b50) bytes.writeUInt32LE(size, at - 46 + 24);
    else if (at >= 30 && bytes.readUInt32LE(at - 30) === 0x04034b50) bytes.writeUInt32LE(size, at - 30 + 22);
  }
  return bytes;
}

/** The English contract with a name replaced, in all of its uncompressed bytes, by one of the same length. */
async function renamed(from: string, to: string, change: (zip: JSZip) => void = () => {}): Promise<Buffer> {
  const zip = await JSZip.loadAsync(readFileSync(join(fixtures, "contract-en.docx")));
  change(zip);
  const bytes = await zip.generateAsync({ type: "nodebuffer", compression: "STORE" });
  return Buffer.from(bytes.toString("latin1").replaceAll(from, to), "latin1");
}

describe("a .docx file", () => {
  it("is Markdown with headings, the numbers that Word shows, a table and a footnote", async () => {
    const { text, kind, warnings } = await read("contract-en.docx");
    expect({ kind, warnings }).toEqual({ kind: "markdown", warnings: [] });
    expect(text.split("\n").filter(Boolean)).toEqual([
      "# SUPPLY AGREEMENT",
      "This Agreement is made by Larkfield Instruments, Inc. (the “Supplier”) and Quayside Trading Ltd. [●].",
      "# 1. Definitions",
      "1.1 “Goods” means the goods in the table below.[1]",
      "This paragraph stands between two clauses.",
      "1.2 “Term” means:", "(a) two years; and", "(b) every renewal.",
      "# 2. Price",
      "2.1 The Buyer shall pay the prices below within thirty (30) days.",
      "| Item | Price |", "| --- | --- |", "| Sensor | USD 120 |", "| Cable \\| 2 m | USD 8 |",
      "- sensors, and", "- cables.",
      "This Agreement is governed by the laws of the State of New York.",
      "[1] As they are changed from time to time.",
    ]);
  });

  it("may be Russian", async () => {
    const { text } = await read("contract-ru.docx");
    expect(text).toContain("1.1 Поставщик обязуется передать товар, а Покупатель обязуется его оплатить.[1]");
    expect(text).toContain("а) датчики;\n\nб) кабели.");
    expect(text).toContain("| Датчик | 12 000 руб. |");
  });

  it("that would fill the memory is refused before it is unpacked", async () => {
    const bomb = Buffer.from(readFileSync(join(fixtures, "contract-en.docx")));
    const entry = bomb.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    bomb.writeUInt32LE(0xf0000000, entry + 24);
    const error = await refusal("bomb.docx", bomb);
    expect(error.message).toMatch(/^bomb\.docx would unpack to 4\d{3} MB, more than the 524 MB that are read\. /);
  });

  it("whose directory lies about a size is refused", async () => {
    const zip = new JSZip();
    zip.file("word/document.xml", "x".repeat(100_000));
    const bytes = withSize(await packed(zip), "word/document.xml", 10);
    expect((await refusal("lies.docx", bytes)).message).toMatch(/^lies\.docx is damaged/);
  });

  it("is read without its pictures being unpacked, whatever their sizes are said to be", async () => {
    const zip = await JSZip.loadAsync(readFileSync(join(fixtures, "contract-en.docx")));
    zip.file("word/media/a.png", Buffer.alloc(3_000_000));
    const bytes = withSize(await packed(zip), "word/media/a.png", 10);
    expect([...filesInArchive(bytes, "a.docx", /\.(?:xml|rels)$/).keys()]).not.toContain("word/media/a.png");
    expect(await docxText(bytes, "picture.docx")).toEqual(await docxText(readFileSync(join(fixtures, "contract-en.docx")), "contract-en.docx"));
    expect((await refusal("other.docx", await renamed("word/document.xml", "word/document.bin"))).code).toBe("notReadable");
  });

  it("with a second directory (ZIP64), or one that does not end where it should, is refused", async () => {
    const bytes = readFileSync(join(fixtures, "contract-en.docx"));
    const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
    const [count, size, offset] = [bytes.readUInt16LE(end + 10), bytes.readUInt32LE(end + 12), bytes.readUInt32LE(end + 16)];
    const record = Buffer.alloc(56);
    record.writeUInt32LE(0x06064b50, 0);
    record.writeBigUInt64LE(44n, 4);
    [count, count, size, offset].forEach((value, index) => record.writeBigUInt64LE(BigInt(value), 24 + 8 * index));
    const locator = Buffer.alloc(20);
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(end), 8);
    locator.writeUInt32LE(1, 16);
    const old = bytes.subarray(end);
    const bare = Buffer.alloc(22);
    bare.writeUInt32LE(0x06054b50, 0);
    const marked = Buffer.from(bare);
    marked.writeUInt16LE(0xffff, 4);
    for (const last of [old, bare, marked]) {
      const both = Buffer.concat([bytes.subarray(0, end), record, locator, last]);
      await expect(docxText(both, "two.docx")).rejects.toThrow("two.docx is damaged");
    }
    const fewer = Buffer.from(bytes);
    for (const place of [8, 10]) fewer.writeUInt16LE(count - 1, end + place);
    await expect(docxText(fewer, "fewer.docx")).rejects.toThrow("fewer.docx is damaged");
  });

  it("with two files of one name is refused", async () => {
    const twice = await renamed("word/numberin2.xml", "word/numbering.xml", (zip) => zip.file("word/numberin2.xml", "<a/>"));
    await expect(docxText(twice, "twice.docx")).rejects.toThrow("twice.docx is damaged");
  });

  it.each([["half", 0.5], ["a little", 0.99]])("cut after %s of it is refused", async (_, share) => {
    const whole = readFileSync(join(fixtures, "contract-en.docx"));
    expect((await refusal("cut.docx", whole.subarray(0, Math.floor(share * whole.length)))).message).toContain("cut.docx is");
  });

  it("without a document in it is refused", async () => {
    const zip = new JSZip();
    zip.file("hello.txt", "hello");
    expect((await refusal("empty.docx", await zip.generateAsync({ type: "nodebuffer" }))).code).toBe("notReadable");
  });

  it("does not expand entities", async () => {
    const zip = await JSZip.loadAsync(readFileSync(join(fixtures, "contract-en.docx")));
    const xml = (await zip.file("word/document.xml")?.async("string")) ?? "";
    const entities = Array.from({ length: 12 }, (_, index) => `<!ENTITY e${index} "${index === 0 ? "ha" : `&e${index - 1};`.repeat(10)}">`).join("");
    zip.file("word/document.xml", xml.replace("?>", `?><!DOCTYPE x [${entities}]>`).replace("two years", "&e11;"));
    const started = performance.now();
    const result = await docxText(await zip.generateAsync({ type: "nodebuffer" }), "laughs.docx").then(({ text }) => text.length, () => 0);
    expect(result).toBeLessThan(10_000);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("a .pdf file", () => {
  it("is paragraphs, with words made whole that a line end divided", async () => {
    expect(await read("contract-en.pdf")).toMatchInlineSnapshot(`
      {
        "kind": "plaintext",
        "text": "Supply Agreement - Confidential

      SUPPLY AGREEMENT

      This Supply Agreement is made by Larkfield Instruments, Inc. and Quayside Trading Ltd., and no other agreement binds them. It is made on a non-exclusive basis, so that each of the parties may deal with others and non-exclusive means that.

      1. Term. This Agreement begins on May 4, 2026 and goes on for two years, and is renewed by one year each time, unless a party says otherwise.

      2. Payment. The Buyer shall pay within thirty days.

      Supply Agreement - Confidential

      3. Governing Law. This Agreement is governed by the laws of the State of New York, without regard to its conflicts of law principles.
      ",
        "warnings": [],
      }
    `);
  });

  it("may be Russian", async () => {
    expect((await read("contract-ru.pdf")).text).toContain("обязуется передать товар, а Покупатель обязуется принять и оплатить его.\n\n1. Срок.");
  });

  it("of pictures, an encrypted, a damaged or an empty one is refused in a sentence", async () => {
    expect((await failureOf(read("scanned.pdf"))).message).toBe("scanned.pdf holds pictures of pages and no text. Run text recognition (OCR) on it first.");
    const plain = readFileSync(join(fixtures, "contract-en.pdf"), "latin1");
    const encrypted = plain.replace("/Root 1 0 R", `/Root 1 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <${"41".repeat(32)}> /U <${"42".repeat(32)}> >>`);
    expect((await refusal("secret.pdf", encrypted)).message).toBe("secret.pdf is protected by a password. Save it without one, then open that.");
    expect((await refusal("damaged.pdf", "%PDF-1.4\nnothing")).message).toMatch(/^damaged\.pdf is damaged/);
  });
});

describe("another file", () => {
  it("is refused in a sentence that says what to do", async () => {
    const ole = Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(600)]);
    expect((await refusal("old.doc", ole)).message).toBe("old.doc is in Word's old format: save it as .docx in a word processor, then open that.");
    expect((await refusal("locked.docx", ole)).message).toBe("locked.docx is protected by a password: save it without one, then open that.");
    expect((await refusal("text.docx", "hello")).message).toBe("text.docx is neither a .docx nor a .pdf file. Open one of those, or save it as plain text.");
    expect((await failureOf(real.client.documentText(join(folder, "none.pdf"), never))).code).toBe("notFound");
    expect((await failureOf(real.client.documentText(folder, never))).code).toBe("notReadable");
  });

  it("stops being read when it is cancelled", async () => {
    const source = new CancellationTokenSource();
    const waiting = failureOf(real.client.documentText(join(fixtures, "contract-en.pdf"), source.token));
    source.cancel();
    expect((await waiting).code).toBe("cancelled");
  });
});

describe("numbers of a list", () => {
  const level = (format: string, text: string) => ({ format, text, start: 1, legal: false, style: undefined });
  it("are written in their formats", () => {
    const levels = new Map([[0, level("upperRoman", "Article %1")], [1, level("decimalZero", "%1.%2")], [2, level("lowerLetter", "(%3)")]]);
    expect(numberText(levels, 0, [14])).toBe("Article XIV");
    expect(numberText(levels, 1, [4, 7])).toBe("IV.07");
    expect(numberText(levels, 2, [1, 1, 28])).toBe("(bb)");
    expect(numberText(new Map([[1, { ...level("decimal", "%1.%2"), legal: true }]]), 1, [undefined, 3])).toBe("1.3");
  });
});

describe("Markdown of HTML", () => {
  it("keeps words as they are", () => expect(markdownOf("<p>1. <strong>“Term”</strong> is 2_3 [●] * <a href='x'>here</a></p>")).toBe("1. “Term” is 2_3 [●] * here\n"));
  it("numbers lists and nests them", () => expect(markdownOf("<ol><li>a<ol><li>b</li></ol></li><li>c</li></ol>")).toBe("1. a\n   1. b\n2. c\n"));
});

describe("paragraphs of lines", () => {
  const line = (text: string, y: number, right = 500, height = 10) => ({ text, y, right, left: 60, height });
  it("end at gaps, at other letter sizes, and at short lines", () => {
    expect(paragraphsOf([[line("One", 700), line("two", 688), line("Three", 660), line("four", 648), line("HEAD", 636, 500, 14), line("five.", 624, 100), line("Six", 612)]]))
      .toEqual(["One two", "Three four", "HEAD", "five.", "Six"]);
  });
  it("of an empty page are none", () => expect(paragraphsOf([[], [line("a", 1)]])).toEqual(["a"]));
});
