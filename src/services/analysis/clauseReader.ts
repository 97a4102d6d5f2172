import { ownFindings } from "../../core/documents/ownFindings";
import { llamaRelease } from "../../core/llamaRelease";
import { secondsLeft } from "../../core/progress";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { Finding, OwnCategory } from "../../protocol/documents";
import type { ModelFile } from "../../protocol/model";
import type { JobProgress, ShownFinding } from "../../protocol/panels";
import type { CancellationToken, SpotParams } from "../../protocol/rpc";
import type { JsonStore } from "../jsonStore";
import type { Runtime } from "../ports";
import { fingerprint, hashOf } from "../tradeoffs/fingerprint";
import { ClauseReadings, type Readings } from "./clauseReadings";
import { type ClauseProgress, knownFindings, readClauses } from "./clauses";
import type { HeaderTraits } from "./modelTraits";
import { shownFindings } from "./shownFindings";

interface Document {
  readonly uri: string;
  readonly text: string;
}

export interface ClauseReaderOptions {
  readonly store?: JsonStore;
  ownCategories?(uri: string): Promise<readonly OwnCategory[]>;
}

/** The model is loaded only when there is something to read. */
interface LoadsModel {
  readonly isLoaded: boolean;
  load(): Promise<void>;
}

/** A reading as it goes on. */
export interface ClausesRead {
  readonly findings: readonly ShownFinding[];
  readonly progress: JobProgress;
  readonly reused: { readonly segments: number; readonly all: number };
  readonly warning?: string;
}

/** Reads the clauses of documents, and remembers what each model found in which passage. */
export class ClauseReader {
  readonly #readings: ClauseReadings;

  constructor(
    private readonly runtime: Runtime,
    private readonly traits: HeaderTraits,
    private readonly options: ClauseReaderOptions,
  ) {
    this.#readings = new ClauseReadings(options.store);
  }

  /** Everything known at once, then what the model reads. What was read is kept also when the reading is cancelled. */
  async *read(document: Document, model: ModelFile, { isLoaded, load }: LoadsModel, token: CancellationToken): AsyncGenerator<ClausesRead> {
    if (model.problem) throw new HumanError("notGguf", model.problem);
    const { own, warning } = await this.#ownCategories(document.uri);
    const { reader, byChat } = await this.#reader(model, own);
    const readings = await this.#readings.of(document.uri, reader);
    // A clause scheme has no labels for own categories: they are found by likeness, which costs no model.
    const alike = byChat ? [] : ownFindings(document.text, own);
    const show = shownFindings(document.text, own);
    const clock = readingClock(isLoaded);
    const meant = { spot: (params: SpotParams, within: CancellationToken) => this.runtime.spot({ ...params, model: model.path }, within) };
    let isNew = false;
    try {
      for await (const step of readClauses(meant, document.text, byChat ? own : [], readings, load, token)) {
        isNew ||= step.read > 0;
        const reused = { segments: step.reused, all: step.segments };
        yield { findings: show([...step.findings, ...alike]), progress: clock(step), reused, ...(warning !== undefined && { warning }) };
      }
    } finally {
      if (isNew) await this.#readings.save(document.uri, reader, readings);
    }
  }

  /** What was found before in the passages of a document, by the model alone. */
  async known(document: Document, model: ModelFile): Promise<readonly Finding[]> {
    const { own } = await this.#ownCategories(document.uri);
    return knownFindings(document.text, await this.#knownReadings(document, model, own));
  }

  async #knownReadings(document: Document, model: ModelFile, own: readonly OwnCategory[]): Promise<Readings> {
    return this.#readings.of(document.uri, (await this.#reader(model, own)).reader);
  }

  /** A file of categories that cannot be read does not stand in the way of the others. */
  async #ownCategories(uri: string): Promise<{ readonly own: readonly OwnCategory[]; readonly warning?: string }> {
    try {
      return { own: (await this.options.ownCategories?.(uri)) ?? [] };
    } catch (error) {
      return { own: [], warning: sentenceOf(error) };
    }
  }

  /** Names all that decides what is found in a passage: the library, the file, its thresholds, and the categories it is asked about. */
  async #reader(model: ModelFile, own: readonly OwnCategory[]): Promise<{ readonly reader: string; readonly byChat: boolean }> {
    const { scheme, schemeHash } = await this.traits.of(model);
    const asked = scheme ? "" : hashOf(JSON.stringify(own));
    return { reader: [llamaRelease, await fingerprint(model.path), schemeHash, asked].join(" "), byChat: !scheme };
  }
}

function readingClock(isLoaded: boolean): (step: ClauseProgress) => JobProgress {
  const started = performance.now();
  return ({ read, toRead }) => {
    const fraction = toRead === 0 ? 1 : read / toRead;
    const label = read > 0 || toRead === 0 ? `Passage ${read} of ${toRead}` : isLoaded ? "Reading the document" : "Loading the model";
    return { label, fraction, secondsLeft: secondsLeft(fraction, (performance.now() - started) / 1000) };
  };
}
