import { readFile } from "node:fs/promises";
import { HumanError, sentenceOf } from "../protocol/humanError";

/** A document as text; binary files are refused, since offsets into them would mean nothing. */
export async function readTextFile(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new HumanError(missing ? "notFound" : "notReadable", missing ? `There is no file at ${path}.` : `${path} cannot be read (${sentenceOf(error)}).`);
  });
  const text = decodedText(bytes);
  if (text === undefined) throw new HumanError("unsupported", `${path} is not a text file. Save it as plain text or Markdown first.`);
  return text;
}

/** UTF-8, or UTF-16 where a byte order mark says so, without that mark, as an editor shows it; undefined for binary data. */
export function decodedText(bytes: Uint8Array): string | undefined {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  if (encoding === "utf-8" && bytes.subarray(0, 8192).includes(0)) return undefined;
  return new TextDecoder(encoding).decode(bytes);
}
