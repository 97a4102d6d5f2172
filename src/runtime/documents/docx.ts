import JSZip from "jszip";
import mammoth from "mammoth";
import { HumanError } from "../../protocol/humanError";
import type { DocumentText } from "../../protocol/rpc";
import { writeNumbers } from "./docxNumbers";
import { markdownOf } from "./htmlMarkdown";
import { checkArchive } from "./zipArchive";

const body = "word/document.xml";

/** A .docx file as Markdown: headings, lists with the numbers that Word shows, tables, footnotes at the end; no pictures. */
export async function docxText(bytes: Buffer, name: string): Promise<DocumentText> {
  checkArchive(bytes, name);
  let images = 0;
  let html: string;
  try {
    const buffer = await withNumbers(bytes);
    const convertImage = mammoth.images.imgElement(() => {
      images++;
      return Promise.resolve({ src: "" });
    });
    html = (await mammoth.convertToHtml({ buffer }, { convertImage, styleMap: ["p[style-name='Title'] => h1:fresh"] })).value;
  } catch (error) {
    throw new HumanError("notReadable", `${name} is not a document that can be read. Open it in a word processor and save it as .docx again.`, { cause: error });
  }
  const text = markdownOf(html);
  if (text.trim() === "") {
    const why = images > 0 ? "holds pictures and no text: run text recognition (OCR) on it first" : "has no text: choose another document";
    throw new HumanError("textTooShort", `${name} ${why}.`);
  }
  const warnings = images > 0 ? [`${images === 1 ? "One picture was" : `${images} pictures were`} left out.`] : [];
  return { text, kind: "markdown", warnings };
}

/** The archive with the numbers of its lists written into the paragraphs: they are nowhere in the text as Word keeps it. */
async function withNumbers(bytes: Buffer): Promise<Buffer> {
  const zip = await JSZip.loadAsync(bytes);
  const [document, numbering, styles] = await Promise.all([body, "word/numbering.xml", "word/styles.xml"].map((part) => zip.file(part)?.async("string")));
  if (document === undefined || numbering === undefined) return bytes;
  zip.file(body, writeNumbers(document, numbering, styles));
  return zip.generateAsync({ type: "nodebuffer", compression: "STORE" });
}
