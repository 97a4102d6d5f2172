import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import type { LabelledSpans } from "../../core/evaluation/clauseScore";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { LabelledDocument } from "./clauseScores";

/**
 * Documents with labelled clauses: a file of JSON lines {"file": "a.txt", "spans": {"Governing Law": [[10, 90]]}}, whose
 * files lie in its own folder or below, offsets in UTF-16 units.
 */
export async function readLabelledDocuments(path: string): Promise<readonly LabelledDocument[]> {
  const lines = (await read(path)).split("\n").filter((line) => line.trim() !== "");
  return Promise.all(lines.map(async (line, index) => {
    const { file, spans } = parse(path, line, index + 1);
    const document = resolve(dirname(path), file);
    const inside = relative(dirname(path), document);
    if (inside.startsWith("..") || isAbsolute(inside)) throw new HumanError("badArgument", `Line ${index + 1} of ${path} names a file outside of its folder: ${file}.`);
    return { name: file, text: await read(document), spans };
  }));
}

function parse(path: string, line: string, number: number): { readonly file: string; readonly spans: LabelledSpans } {
  try {
    const { file, spans } = JSON.parse(line) as { file?: unknown; spans?: unknown };
    if (typeof file === "string" && isSpans(spans)) return { file, spans };
  } catch {
    // Told below, with the place.
  }
  throw new HumanError("badArgument", `Line ${number} of ${path} is not {"file": …, "spans": {category: [[start, end], …]}}.`);
}

function isSpans(value: unknown): value is LabelledSpans {
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).every((places) => Array.isArray(places) && places.every((place) => Array.isArray(place) && place.length === 2 && place.every(Number.isInteger)));
}

async function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new HumanError(missing ? "notFound" : "notReadable", missing ? `There is no file at ${path}.` : `${path} cannot be read (${sentenceOf(error)}).`);
  });
}
