import { readFile } from "node:fs/promises";
import { HumanError, sentenceOf } from "../protocol/humanError";

/** A document as text; binary files are refused, since offsets into them would mean nothing. */
export async function readTextFile(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new HumanError(missing ? "notFound" : "notReadable", missing ? `There is no file at ${path}.` : `${path} cannot be read (${sentenceOf(error)}).`);
  });
  if (bytes.subarray(0, 8192).includes(0)) throw new HumanError("unsupported", `${path} is not a text file. Save it as plain text or Markdown first.`);
  return bytes.toString("utf8");
}
