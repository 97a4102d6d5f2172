import { open, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import { HumanError } from "../../protocol/humanError";
import type { DocumentText } from "../../protocol/rpc";

/** Bytes of a file that is read into memory at once. */
const largestFile = 200 * 1024 * 1024;

/**
 * The text of a .docx file as Markdown, or of a .pdf file as plain text. Throws a HumanError that names the file when it
 * cannot be read. The readers are loaded when they are needed.
 */
export async function documentText({ path }: { readonly path: string }): Promise<DocumentText> {
  const name = basename(path);
  const bytes = await read(path, name);
  const start = bytes.subarray(0, 1024).toString("latin1");
  if (start.startsWith("PK\u0003\u0004")) return (await import("./docx")).docxText(bytes, name);
  if (start.includes("%PDF-")) return (await import("./pdf")).pdfText(bytes, name);
  if (start.startsWith("\u00d0\u00cf\u0011\u00e0")) {
    const wish = extname(name).toLowerCase() === ".docx" ? "is protected by a password: save it without one" : "is in Word's old format: save it as .docx in a word processor";
    throw new HumanError("unsupported", `${name} ${wish}, then open that.`);
  }
  throw new HumanError("unsupported", `${name} is neither a .docx nor a .pdf file. Open one of those, or save it as plain text.`);
}

async function read(path: string, name: string): Promise<Buffer> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw new HumanError("notFound", `${name} could not be found. Check its path.`, { cause: error });
  });
  if (size > largestFile) {
    throw new HumanError("unsupported", `${name} has ${Math.round(size / 1e6)} MB, more than the ${Math.round(largestFile / 1e6)} MB that are read. Save the part you need as a file of its own.`);
  }
  try {
    const file = await open(path);
    try {
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new HumanError("notReadable", `${name} could not be read. Check that it is a file that you may open.`, { cause: error });
  }
}
