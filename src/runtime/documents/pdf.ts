import { HumanError } from "../../protocol/humanError";
import type { DocumentText } from "../../protocol/rpc";
import { type PdfLine, linesOf } from "./pdfLines";
import { paragraphsOf } from "./pdfParagraphs";

/** A .pdf file as plain text, its lines joined into paragraphs. */
export async function pdfText(bytes: Buffer, name: string): Promise<DocumentText> {
  const pages = await readPages(bytes, name);
  const empty = pages.flatMap((lines, index) => (lines.length === 0 ? [index + 1] : []));
  if (empty.length === pages.length) {
    throw new HumanError("textTooShort", `${name} holds pictures of pages and no text. Run text recognition (OCR) on it first.`);
  }
  const warnings = empty.length > 0 ? [`${empty.length === 1 ? "Page" : "Pages"} ${empty.slice(0, 20).join(", ")}${empty.length > 20 ? " …" : ""} without text: perhaps pictures.`] : [];
  return { text: `${paragraphsOf(pages).join("\n\n")}\n`, kind: "plaintext", warnings };
}

async function readPages(bytes: Buffer, name: string): Promise<PdfLine[][]> {
  const { getDocumentProxy } = await import("unpdf");
  try {
    const document = await getDocumentProxy(new Uint8Array(bytes), { isEvalSupported: false, verbosity: 0 });
    const pages: PdfLine[][] = [];
    for (let number = 1; number <= document.numPages; number++) {
      const page = await document.getPage(number);
      pages.push(linesOf((await page.getTextContent()).items));
      page.cleanup();
    }
    return pages;
  } catch (error) {
    if (error instanceof Error && error.name === "PasswordException") {
      throw new HumanError("unsupported", `${name} is protected by a password. Save it without one, then open that.`, { cause: error });
    }
    throw new HumanError("notReadable", `${name} is damaged: it cannot be read as a PDF. Get it again, or print it to a new PDF.`, { cause: error });
  }
}
