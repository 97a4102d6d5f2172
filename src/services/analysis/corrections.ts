import { nearestPlace } from "../../core/documents/nearestPlace";
import type { Finding, OwnCategory } from "../../protocol/documents";
import type { ShownFinding } from "../../protocol/panels";
import type { JsonStore } from "../jsonStore";
import { hashOf } from "../tradeoffs/fingerprint";
import type { AnalysedDocument } from "./documentAnalysis";
import { type LabelExport, labelExport } from "./labelExport";
import { shownFindings } from "./shownFindings";

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
  /** Of a category that the person defined. */
  readonly own?: OwnCategory;
}

interface Passage {
  readonly category: string;
  readonly start: number;
  readonly end: number;
}

/** The corrections of every document, kept by its URI. A later one about the same passage and category replaces the earlier. */
export class Corrections {
  readonly #known = new Map<string, Promise<readonly Correction[]>>();
  /** The last change of each document, which the next one waits for. */
  readonly #changes = new Map<string, Promise<void>>();

  constructor(
    private readonly store: JsonStore,
    private readonly ownCategories: (uri: string) => Promise<readonly OwnCategory[]> = async () => [],
  ) {}

  /** Those whose passages still stand in the text. */
  async of({ uri, text }: AnalysedDocument): Promise<readonly PlacedCorrection[]> {
    const all = (await this.#all(uri)).flatMap((correction) => placed(correction, text));
    const own = all.length === 0 ? [] : await this.ownCategories(uri).catch(() => []);
    return all.map((correction) => {
      const mine = own.find(({ name }) => name === correction.category);
      return mine ? { ...correction, own: mine } : correction;
    });
  }

  reject(document: AnalysedDocument, { category, start, end }: Passage): Promise<void> {
    return this.#add(document, { category, start, end }, false);
  }

  accept(document: AnalysedDocument, start: number, end: number, category: string): Promise<void> {
    return this.#add(document, { start, end, category }, true);
  }

  clear({ uri }: Pick<AnalysedDocument, "uri">): Promise<void> {
    return this.#change(uri, () => []);
  }

  /** Labels of what the person left standing or marked, and of what was rejected, for a file at this URI (labelExport.ts). */
  async exportLabels(documents: readonly { readonly document: AnalysedDocument; readonly findings: readonly ShownFinding[] }[], target: string): Promise<LabelExport> {
    return labelExport(await Promise.all(documents.map(async ({ document, findings }) => ({
      document, findings, rejected: (await this.of(document)).filter(({ isClause }) => !isClause),
    }))), target);
  }

  #add({ uri, text }: AnalysedDocument, passage: Passage, isClause: boolean): Promise<void> {
    const { category, start, end } = passage;
    const added: Correction = { category, isClause, text: text.slice(start, end), start };
    // Words that are gone for now may come back: their corrections stay.
    return this.#change(uri, (all) => [...all.filter((other) => other.category !== category || !placed(other, text).some((place) => overlap(place, passage))), added]);
  }

  #change(uri: string, change: (all: readonly Correction[]) => readonly Correction[]): Promise<void> {
    const before = this.#changes.get(uri) ?? Promise.resolve();
    const changed = before.catch(() => undefined).then(async () => this.#keep(uri, change(await this.#all(uri))));
    this.#changes.set(uri, changed);
    return changed;
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
export function correctedFindings(findings: readonly Finding[], corrections: readonly PlacedCorrection[]): readonly Finding[] {
  return [...standing(findings, corrections), ...marked(corrections)];
}

/** The same, as a person sees it, in the order of the text. */
export function applyCorrections(findings: readonly ShownFinding[], corrections: readonly PlacedCorrection[], text: string): readonly ShownFinding[] {
  if (corrections.length === 0) return findings;
  const own = corrections.flatMap((correction) => correction.own ?? []);
  const byHand = shownFindings(text, own)(marked(corrections)).map((finding) => ({ ...finding, byHand: true }));
  return [...standing(findings, corrections), ...byHand].sort((a, b) => a.start - b.start);
}

function standing<F extends Finding>(findings: readonly F[], corrections: readonly PlacedCorrection[]): readonly F[] {
  return findings.filter((finding) => !corrections.some((correction) => correction.category === finding.category && overlap(correction, finding)));
}

function marked(corrections: readonly PlacedCorrection[]): readonly Finding[] {
  return corrections.filter(({ isClause }) => isClause).map(({ category, start, end }) => ({ category, start, end, probability: 1 }));
}

/** Where it stood if the words still stand there, else at the nearest place where they do; nowhere when they are gone. */
function placed(correction: Correction, text: string): readonly PlacedCorrection[] {
  const place = nearestPlace(text, correction.text, correction.start);
  return place ? [{ ...correction, ...place }] : [];
}

function overlap(a: { readonly start: number; readonly end: number }, b: { readonly start: number; readonly end: number }): boolean {
  return Math.min(a.end, b.end) > Math.max(a.start, b.start);
}

/** A document's path tells about its owner, so files are named by its hash. */
function nameOf(uri: string): string {
  return `corrections-${hashOf(uri).slice(0, 32)}`;
}
