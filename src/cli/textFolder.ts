import { readdir, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { HumanError } from "../protocol/humanError";
import { readTextFile } from "./textFile";

const textExtensions = [".txt", ".md", ".markdown", ".text"];

/** Text files, and those in folders and below by the order of their names. */
export async function readTexts(paths: readonly string[]): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  return Promise.all(files.map(async (file) => ({ name: basename(file), text: await readTextFile(file) })));
}

async function filesAt(path: string): Promise<readonly string[]> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) return [path];
  const texts = (await readdir(path, { recursive: true })).filter((name) => textExtensions.includes(extname(name).toLowerCase()));
  if (texts.length === 0) throw new HumanError("notFound", `There are no text files (${textExtensions.join(", ")}) in ${path}.`);
  return texts.sort().map((name) => join(path, name));
}
