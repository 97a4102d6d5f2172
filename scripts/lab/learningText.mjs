import { readFile, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { inRoot } from "../workbench/paths.mjs";

/** The text that is learnt, at most so many bytes of whole files in the order of their names, and how it is told. */
export async function learningText(path, most) {
  const files = path === undefined ? await shipped() : await filesAt(path);
  const texts = [];
  let bytes = 0;
  for (const file of files) {
    const text = await readFile(file, "utf8");
    if (texts.length > 0 && bytes + text.length > most) break;
    bytes += text.length;
    texts.push(text);
  }
  if (texts.length === 0) throw new Error(`There are no texts at ${path}.`);
  const whole = texts.join("\n\n");
  const words = whole.split(/\s+/).length.toLocaleString("en");
  const what = path === undefined ? "the documents that ship with Decant" : files.length > 1 ? `the first ${texts.length} of ${files.length} texts of the folder “${basename(path)}”` : `“${basename(path)}”`;
  return { name: "learning-text", text: whole, said: `${what} (${words} words)` };
}

async function shipped() {
  const folder = inRoot("media", "samples", "labelled");
  const labelled = (await readdir(folder)).filter((name) => name.endsWith(".txt")).sort();
  return [...labelled.map((name) => join(folder, name)), inRoot("media", "samples", "supply-agreement.md")];
}

async function filesAt(path) {
  if (!(await stat(path)).isDirectory()) return [path];
  return (await readdir(path)).filter((name) => /\.(txt|md)$/.test(name)).sort().map((name) => join(path, name));
}
