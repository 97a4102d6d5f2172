import { HumanError, isCancellation, sentenceOf } from "../../protocol/humanError";
import type { MeasuredRow, ModelFile } from "../../protocol/model";
import type { CancellationToken, MeasureParams } from "../../protocol/rpc";
import type { Job } from "../ports";
import { clauseScore, type LabelledDocument } from "../tradeoffs/clauseScores";
import { fingerprint, hashOf } from "../tradeoffs/fingerprint";
import { groundOf } from "../tradeoffs/ground";
import { Results } from "../tradeoffs/results";
import type { LabParts, LabText } from "./labParts";
import { mapped } from "./mapped";

/** A model as a step left it. */
export interface Stage {
  readonly model: ModelFile;
  /** Path of an adapter beside it. */
  readonly adapter?: string;
}

export interface Figures {
  readonly measured?: MeasuredRow;
  readonly clauseF1?: number;
  readonly notes: readonly string[];
}

export interface MeasuringWish {
  readonly original: ModelFile;
  readonly text: LabText;
  readonly labelled: readonly LabelledDocument[];
  readonly context: number;
  readonly chunks: number;
}

export interface MeasuringStep {
  /** 0 to 1. */
  readonly fraction: number;
}

/** Share of the measuring until labelled documents are read. */
const reading = 0.8;

/** Measures what steps gave against the original of a recipe. Figures are kept by content, as those of tradeoffs are. */
export class RecipeMeasuring {
  private constructor(
    private readonly parts: LabParts,
    private readonly wish: MeasuringWish,
    private readonly results: Results,
  ) {}

  static async open(parts: LabParts, wish: MeasuringWish): Promise<RecipeMeasuring> {
    const { context, hash, chunks } = groundOf({ name: wish.text.name, kind: "document", text: wish.text.text }, wish.original.contextLength, wish);
    const results = await Results.open(parts.store, { model: await fingerprint(wish.original.path), text: hash, context, chunks });
    return new RecipeMeasuring(parts, { ...wish, context }, results);
  }

  /** Of the original: what cannot be measured throws. */
  async *original(token: CancellationToken): Job<MeasuringStep, Figures & { readonly measured: MeasuredRow }> {
    const { original } = this.wish;
    const measured = yield* scaled(this.#row("lab-base", { variants: [] }, 0, token));
    const { clauseF1, notes } = await this.#clauses({ model: original }, token);
    yield { kind: "result", result: { measured, clauseF1, notes } };
  }

  /** What cannot be measured is noted: the file is there nevertheless. */
  async *result(stage: Stage, token: CancellationToken): Job<MeasuringStep, Figures> {
    const { model: { path }, adapter } = stage;
    const added = adapter === undefined ? { variants: [path] } : { variants: [], adapted: [{ path, adapters: [{ path: adapter, scale: 1 }] }] };
    const key = [await fingerprint(path), ...(adapter === undefined ? [] : [await fingerprint(adapter)])].map((content) => content.slice(0, 32)).join("+");
    try {
      const measured = yield* scaled(this.#row(`lab-${key}`, added, 1, token));
      const { clauseF1, notes } = await this.#clauses(stage, token);
      yield { kind: "result", result: { measured: { ...measured, path }, clauseF1, notes } };
    } catch (error) {
      if (isCancellation(error)) throw error;
      yield { kind: "result", result: { notes: [`It could not be measured: ${sentenceOf(error)}`] } };
    }
  }

  /** Kept rows have the path that they were measured under. */
  async *#row(key: string, added: Pick<MeasureParams, "variants" | "adapted">, index: number, token: CancellationToken): AsyncGenerator<number, MeasuredRow> {
    const { original, text, context, chunks } = this.wish;
    const kept = this.results.get(key);
    if (kept) return kept.row;
    const threads = this.parts.threads();
    const job = this.parts.runtime.measure({ base: original.path, ...added, otherShapes: true, text: text.text, context, chunks, threads, generation: true }, token);
    let row: MeasuredRow | undefined;
    for await (const event of job) {
      if (event.kind === "progress") yield event.progress.fraction;
      else row = event.result.rows[index];
    }
    if (!row) throw new HumanError("runtimeStopped", "The measurement ended without a result.");
    this.results.put(key, { row, totalChunks: row.chunks, threads });
    await this.results.save();
    return row;
  }

  async #clauses({ model, adapter }: Stage, token: CancellationToken): Promise<Pick<Figures, "clauseF1" | "notes">> {
    const { labelled } = this.wish;
    if (labelled.length === 0) return { notes: [] };
    if (adapter !== undefined) return { notes: ["Clause F1 is measured of models without an adapter beside them: merge it to know."] };
    const name = `clauses-${(await fingerprint(model.path)).slice(0, 16)}-${hashOf(JSON.stringify(labelled)).slice(0, 16)}`;
    const kept = await this.parts.store.read<{ readonly f1: number }>(name);
    if (kept) return { clauseF1: kept.f1, notes: [] };
    try {
      const f1 = await clauseScore(this.parts.runtime, model.path, labelled, this.parts.threads(), token);
      await this.parts.store.write(name, { f1 });
      return { clauseF1: f1, notes: [] };
    } catch (error) {
      if (isCancellation(error)) throw error;
      return { notes: [`The labelled contracts could not be read: ${sentenceOf(error)}`] };
    }
  }
}

function scaled<Result>(work: AsyncGenerator<number, Result>): AsyncGenerator<{ readonly kind: "progress"; readonly progress: MeasuringStep }, Result> {
  return mapped(work, (fraction) => ({ kind: "progress", progress: { fraction: reading * fraction } }));
}
