import { readFile, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { filesToRead, isTextPath } from "../core/documents/textFiles";
import { HumanError } from "../protocol/humanError";
import { decodedText, readTextFile } from "./textFile";

interface Text {
  readonly name: string;
  readonly text: string;
}

/** Text files, and those in folders and below by their paths (core/documents/textFiles.ts). */
export async function readTexts(paths: readonly string[]): Promise<readonly Text[]> {
  return (await Promise.all(paths.map(textsAt))).flat();
}

async function textsAt(path: string): Promise<readonly Text[]> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) return [{ name: basename(path), text: await readTextFile(path) }];
  const entries = await Promise.all((await readdir(path, { recursive: true })).filter(isTextPath).map(async (name) => ({ path: name, status: await stat(join(path, name)).catch(() => undefined) })));
  const files = entries.flatMap(({ path: name, status }) => (status?.isFile() ? [{ path: name, bytes: status.size }] : []));
  const texts: Text[] = [];
  for (const file of filesToRead(files)) {
    const text = decodedText(await readFile(join(path, file.path)));
    if (text !== undefined) texts.push({ name: basename(file.path), text });
  }
  if (texts.length === 0) throw new HumanError("notFound", `There are no text files in ${path}. Name a folder with documents as text, Markdown or source code.`);
  return texts;
}
