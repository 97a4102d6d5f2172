import { findQuote } from "../../core/documents/quotes";
import { lineAt, lineStarts } from "../../core/documents/lines";
import { categoryByName } from "../../core/documents/taxonomy";
import type { ShownFinding } from "../../protocol/panels";
import type { JsonStore } from "../jsonStore";
import { hashOf } from "../tradeoffs/fingerprint";
import type { AnalysedDocument } from "./documentAnalysis";

/** What a person said about a passage: that it is a clause of a category, or is none. */
export interface Correction {
  readonly category: string;
  readonly isClause: boolean;
  /** The passage's words, and where they stood: edits move them, so they are searched for again. */
  readonly text: string;
  readonly start: number;
}

/** A correction with its place in the text as it is now. */
export interface PlacedCorrection extends Correction {
  readonly end: number;
}

/** The corrections of every document, kept by its URI. A later one about the same passage and category replaces the earlier. */
export class Corrections {
  readonly #known = new Map<string, Promise<readonly Correction[]>>();

  constructor(private readonly store: JsonStore) {}

  /** Those whose passages still stand in the text. */
  async of({ uri, text }: AnalysedDocument): Promise<readonly PlacedCorrection[]> {
    return (await this.#all(uri)).flatMap((correction) => placed(correction, text));
  }

  reject(document: AnalysedDocument, finding: { readonly category: string; readonly start: number; readonly end: number }): Promise<void> {
    return this.#add(document, finding, false);
  }

  accept(document: AnalysedDocument, start: number, end: number, category: string): Promise<void> {
    return this.#add(document, { start, end, category }, true);
  }

  clear({ uri }: Pick<AnalysedDocument, "uri">): Promise<void> {
    return this.#keep(uri, []);
  }

  /**
   * Labelled data, one JSON line per document as labels.jsonl has it: {"file", "title", "spans": {category: [[start, end], …]},
   * "rejected": {…}}. Spans are the findings that the person left standing or marked; offsets are UTF-16 units.
   */
  async exportLabels(documents: readonly { readonly document: AnalysedDocument; readonly findings: readonly ShownFinding[] }[]): Promise<string> {
    const lines = await Promise.all(documents.map(async ({ document, findings }) => {
      const rejected = (await this.of(document)).filter(({ isClause }) => !isClause);
      return `${JSON.stringify({ file: document.name, title: document.name, spans: byCategory(findings), rejected: byCategory(rejected) })}\n`;
    }));
    return lines.join("");
  }

  async #add({ uri, text }: AnalysedDocument, { category, start, end }: { readonly category: string; readonly start: number; readonly end: number }, isClause: boolean): Promise<void> {
    const words = text.slice(start, end);
    const others = (await this.#all(uri)).filter((other) => other.category !== category || other.text !== words || Math.abs(other.start - start) > words.length);
    await this.#keep(uri, [...others, { category, isClause, text: words, start }]);
  }

  #all(uri: string): Promise<readonly Correction[]> {
    const known = this.#known.get(uri) ?? this.store.read<readonly Correction[]>(nameOf(uri)).then((read) => read ?? []);
    this.#known.set(uri, known);
    return known;
  }

  #keep(uri: string, corrections: readonly Correction[]): Promise<void> {
    this.#known.set(uri, Promise.resolve(corrections));
    return this.store.write(nameOf(uri), corrections);
  }
}

/** What the model found, without what the person rejected and with what the person marked. */
export function applyCorrections(findings: readonly ShownFinding[], corrections: readonly PlacedCorrection[], text: string): readonly ShownFinding[] {
  const starts = lineStarts(text);
  const left = findings.filter((finding) => !corrections.some((correction) => correction.category === finding.category && overlap(correction, finding)));
  const marked = corrections.filter(({ isClause }) => isClause).map(({ category, start, end }): ShownFinding => {
    const known = categoryByName(category);
    return {
      category, start, end, probability: 1, byHand: true,
      id: `${category}@${start}`,
      severity: known?.severity ?? "information",
      line: lineAt(starts, start) + 1,
      quote: text.slice(start, end).replace(/\s+/g, " ").trim(),
      why: known?.why ?? "",
    };
  });
  return [...left, ...marked].sort((a, b) => a.start - b.start);
}

/** Where it stood if the words still stand there, else where they stand nearly so; nowhere when they are gone. */
function placed(correction: Correction, text: string): readonly PlacedCorrection[] {
  const { start, text: words } = correction;
  if (text.startsWith(words, start)) return [{ ...correction, end: start + words.length }];
  const found = findQuote(text, words);
  return found.match === "none" ? [] : [{ ...correction, start: found.start, end: found.end }];
}

function overlap(a: { readonly start: number; readonly end: number }, b: { readonly start: number; readonly end: number }): boolean {
  return Math.min(a.end, b.end) > Math.max(a.start, b.start);
}

function byCategory(passages: readonly { readonly category: string; readonly start: number; readonly end: number }[]): Record<string, [number, number][]> {
  const spans: Record<string, [number, number][]> = {};
  for (const { category, start, end } of passages) (spans[category] ??= []).push([start, end]);
  return spans;
}

/** A document's path tells about its owner, so files are named by its hash. */
function nameOf(uri: string): string {
  return `corrections-${hashOf(uri).slice(0, 32)}`;
}
