import { readFile } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { AnalysedDocument } from "./documentAnalysis";

interface Passage {
  readonly category: string;
  readonly start: number;
  readonly end: number;
}

export interface LabelledDocument {
  readonly document: AnalysedDocument;
  /** What is a clause. */
  readonly findings: readonly Passage[];
  /** What was found and is none. */
  readonly rejected: readonly Passage[];
}

export interface LabelExport {
  /** One JSON line per document. */
  readonly labels: string;
  /** Texts that must be written beside the labels, by paths relative to their folder. */
  readonly texts: readonly { readonly file: string; readonly text: string }[];
}

/**
 * Labelled data as labels.jsonl has it: {"file", "title", "spans": {category: [[start, end], …]}, "rejected": {…}}, offsets
 * in UTF-16 units. `file` is relative to the labels, whose URI is given. A text that is not on disk below them as it was
 * read (converted, not saved, elsewhere, with a byte order mark) is to be written into a folder of its own there.
 */
export async function labelExport(documents: readonly LabelledDocument[], target: string): Promise<LabelExport> {
  const named = await Promise.all(documents.map(async ({ document, findings, rejected }, index) => {
    const known = await fileBelow(document, target);
    const file = known ?? `${targetName(target)}-texts/${index + 1}-${document.name.replace(/[^\p{L}\p{N}._ -]/gu, "_")}.txt`;
    const line = { file, title: document.name, spans: byCategory(findings), rejected: byCategory(rejected) };
    return { label: `${JSON.stringify(line)}\n`, texts: known === undefined ? [{ file, text: document.text }] : [] };
  }));
  return { labels: named.map(({ label }) => label).join(""), texts: named.flatMap(({ texts }) => texts) };
}

async function fileBelow({ uri, text }: AnalysedDocument, target: string): Promise<string | undefined> {
  if (![uri, target].every((one) => one.startsWith("file:"))) return undefined;
  const path = fileURLToPath(uri);
  const file = relative(dirname(fileURLToPath(target)), path);
  if (file.startsWith("..") || isAbsolute(file)) return undefined;
  const onDisk = await readFile(path, "utf8").catch(() => undefined);
  return onDisk === text ? file.split(sep).join("/") : undefined;
}

function targetName(target: string): string {
  const name = basename(decodeURIComponent(new URL(target).pathname));
  return basename(name, extname(name));
}

function byCategory(passages: readonly Passage[]): Record<string, [number, number][]> {
  const spans: Record<string, [number, number][]> = {};
  for (const { category, start, end } of passages) (spans[category] ??= []).push([start, end]);
  return spans;
}
