import type * as vscode from "vscode";
import { HumanError, isCancellation, sentenceOf } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { AnalysisSnapshot, WrittenPart } from "../../protocol/panels";
import type { CancellationToken } from "../../protocol/rpc";
import { compareFindings } from "../../services/analysis/comparison";
import type { Corrections } from "../../services/analysis/corrections";
import type { DocumentAnalysis } from "../../services/analysis/documentAnalysis";
import { modelName } from "../../services/models/modelLibrary";
import { Disposables } from "../disposables";
import { analysedDocument } from "./analysedDocument";
import type { Analyses, Analysis } from "./analyses";
import { JobQueue } from "./jobQueue";
import type { Run } from "./reading";
import { UnableModelError } from "./unableModelError";

export type OnSnapshot = (snapshot: Partial<AnalysisSnapshot>) => void;

/** Lets models work on documents: read clauses, write, answer, compare. Results land in the document's reading. */
export class AnalysisJobs {
  readonly #queue = new JobQueue();
  readonly #disposables = new Disposables();

  constructor(
    private readonly analyses: Analyses,
    private readonly service: DocumentAnalysis,
    private readonly corrections: Corrections,
  ) {
    this.#disposables.add(analyses.onDidEnd(({ document }) => this.#queue.stop(document.uri.toString())));
  }

  /** Resolves when no job runs. */
  get idle(): Promise<void> {
    return this.#queue.idle;
  }

  get busy(): boolean {
    return this.#queue.key !== undefined;
  }

  stop(): void {
    this.#queue.stop();
  }

  /**
   * Reads the clauses; findings appear as they come, unless the same model has read the document before: then the old ones stay
   * until the new reading is whole. Rejects with what went wrong, which the snapshot tells too.
   * @returns false when another job ended this one.
   */
  async analyse(document: vscode.TextDocument, model: ModelFile, token: CancellationToken, onSnapshot: OnSnapshot = () => undefined): Promise<boolean> {
    const analysis = this.analyses.open(document);
    const { reading } = analysis;
    const isAgain = reading.whole && analysis.reader?.path === model.path;
    if (analysis.reader?.path !== model.path) analysis.writer = model;
    analysis.reader = model;
    return this.#run(analysis, token, async (run, within, wasSuperseded) => {
      try {
        const text = analysedDocument(document);
        const corrections = await this.corrections.of(text);
        reading.correct(run, corrections, document.getText());
        for await (const snapshot of this.service.analyse(text, model, within)) {
          if (isAgain && snapshot.progress) reading.told(run, { progress: snapshot.progress });
          else reading.read(run, await this.#withAbilities(analysis, snapshot), document.getText());
          onSnapshot(snapshot);
          this.analyses.changed(document.uri, isAgain && snapshot.progress ? "progress" : "findings");
        }
        return true;
      } catch (error) {
        if (wasSuperseded()) return false;
        reading.told(run, { problem: isCancellation(error) ? "Stopped: the rest of the document was not read." : sentenceOf(error) });
        throw error;
      }
    });
  }

  /** Rejects with the sentence of what is needed where the writer cannot do this. */
  async requireAble(analysis: Analysis, part: WrittenPart | "questions"): Promise<void> {
    await this.#writer(analysis, part);
  }

  /** Lets the writer write a part of the analysis. */
  async write(analysis: Analysis, part: WrittenPart, token: CancellationToken, onSnapshot: OnSnapshot = () => undefined): Promise<void> {
    const writer = await this.#writer(analysis, part);
    await this.#run(analysis, token, (run, within) =>
      this.#tell(analysis, run, this.service.write(analysedDocument(analysis.document), writer, part, within), onSnapshot));
  }

  async ask(analysis: Analysis, question: string, token: CancellationToken): Promise<void> {
    const writer = await this.#writer(analysis, "questions");
    await this.#run(analysis, token, async (run, within) => {
      const earlier = analysis.reading.snapshot.answers ?? [];
      await this.#tell(analysis, run, this.service.ask(analysedDocument(analysis.document), writer, question, earlier, within));
    });
  }

  /** The answer joins those in the panel. */
  async explain(analysis: Analysis, id: string, token: CancellationToken): Promise<void> {
    const writer = await this.#writer(analysis, "questions");
    await this.#run(analysis, token, async (run, within) => {
      const { document, reading } = analysis;
      const { finding } = this.analyses.find(document.uri, id);
      reading.told(run, { asking: { question: `Explain: ${finding.category}`, text: "" } });
      this.analyses.changed(document.uri, "progress");
      reading.answered(run, await this.service.explain(analysedDocument(document), writer, finding, within));
    });
  }

  /** Another wording of a finding's passage. */
  async suggestWording(analysis: Analysis, id: string, instruction: string | undefined, token: CancellationToken): Promise<string> {
    const writer = await this.#writer(analysis, "questions");
    return this.#run(analysis, token, (_run, within) => {
      const { document, finding } = this.analyses.find(analysis.document.uri, id);
      return this.service.suggestWording(analysedDocument(document), writer, finding, instruction, within);
    });
  }

  async compare(analysis: Analysis, first: ModelFile, second: ModelFile, token: CancellationToken, onSnapshot: OnSnapshot): Promise<void> {
    await this.#run(analysis, token, (run, within) =>
      this.#tell(analysis, run, compareFindings(analysedDocument(analysis.document), first, second, this.service, within), onSnapshot));
  }

  /** Takes a changed part of the snapshot that no model made, e.g. none for answers that shall be forgotten. */
  set(analysis: Analysis, part: Partial<AnalysisSnapshot>): void {
    analysis.reading.set(part);
    this.analyses.changed(analysis.document.uri, "progress");
  }

  /** Another model answers and writes from now on. */
  async useWriter(analysis: Analysis, model: ModelFile): Promise<void> {
    analysis.writer = model;
    this.set(analysis, { abilities: await this.service.readAbilities(model) });
  }

  /** Reads the person's corrections anew and applies them. */
  async applyCorrections(analysis: Analysis): Promise<void> {
    const { document, reading } = analysis;
    const run = reading.begin();
    try {
      reading.correct(run, await this.corrections.of(analysedDocument(document)), document.getText());
    } finally {
      reading.ended(run);
      this.analyses.changed(document.uri, "findings");
    }
  }

  dispose(): void {
    this.stop();
    this.#disposables.dispose();
  }

  async #tell(analysis: Analysis, run: Run, parts: AsyncGenerator<Partial<AnalysisSnapshot>>, onSnapshot: OnSnapshot = () => undefined): Promise<void> {
    for await (const part of parts) {
      analysis.reading.told(run, part);
      onSnapshot(part);
      this.analyses.changed(analysis.document.uri, "progress");
    }
  }

  async #run<T>(analysis: Analysis, token: CancellationToken, work: (run: Run, token: CancellationToken, wasSuperseded: () => boolean) => Promise<T>): Promise<T> {
    const { document, reading } = analysis;
    return this.#queue.run(document.uri.toString(), token, async (within, wasSuperseded) => {
      const run = reading.begin();
      try {
        return await work(run, within, wasSuperseded);
      } finally {
        reading.told(run, { progress: undefined, asking: undefined });
        reading.ended(run);
        if (this.analyses.get(document.uri) === analysis) this.analyses.changed(document.uri, "progress");
      }
    });
  }

  /** What the panel says of abilities is about the model that writes. */
  async #withAbilities({ reader, writer }: Analysis, snapshot: AnalysisSnapshot): Promise<AnalysisSnapshot> {
    return snapshot.progress || !writer || writer.path === reader?.path ? snapshot : { ...snapshot, abilities: await this.service.readAbilities(writer) };
  }

  async #writer({ writer }: Analysis, part: WrittenPart | "questions"): Promise<ModelFile> {
    if (!writer) throw new HumanError("badArgument", "Analyse the document first.");
    const ability = (await this.service.readAbilities(writer))?.[part];
    if (ability && !ability.able) throw new UnableModelError(ability.sentence ?? `${modelName(writer)} cannot do this. Choose an instruct model.`);
    return writer;
  }
}
