import JSZip from "jszip";
import mammoth from "mammoth";
import { HumanError } from "../../protocol/humanError";
import type { DocumentText } from "../../protocol/rpc";
import { writeNumbers } from "./docxNumbers";
import { markdownOf } from "./htmlMarkdown";
import { filesInArchive } from "./zipArchive";

const body = "word/document.xml";
/** What Word writes text, styles and references into. Pictures and what else is embedded stay packed. */
const parts = /\.(?:xml|rels)$/i;

/** A .docx file as Markdown: headings, lists with the numbers that Word shows, tables, footnotes at the end; no pictures. */
export async function docxText(bytes: Buffer, name: string): Promise<DocumentText> {
  const files = filesInArchive(bytes, name, parts);
  let images = 0;
  let html: string;
  try {
    const buffer = await archiveWithNumbers(files);
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

/** A new archive of these files alone, with the numbers of lists written into the paragraphs: they are nowhere in the text as Word keeps it. */
async function archiveWithNumbers(files: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const [document, numbering, styles] = [body, "word/numbering.xml", "word/styles.xml"].map((part) => files.get(part)?.toString("utf8"));
  const zip = new JSZip();
  for (const [part, content] of files) zip.file(part, content);
  if (document !== undefined && numbering !== undefined) zip.file(body, writeNumbers(document, numbering, styles));
  return zip.generateAsync({ type: "nodebuffer", compression: "STORE" });
}
