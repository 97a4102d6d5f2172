import { totalmem } from "node:os";
import { betweenMarks } from "../../core/documents/prompts/prompts";
import { abilitiesOf, type AbilityQuestion, abilityFor, type GenerativeTask } from "../../core/fit/abilities";
import { HumanError } from "../../protocol/humanError";
import type { Answer, Finding, OwnCategory } from "../../protocol/documents";
import type { ModelFile } from "../../protocol/model";
import type { AnalysisSnapshot, ShownFinding, WrittenPart } from "../../protocol/panels";
import type { CancellationToken } from "../../protocol/rpc";
import type { JsonStore } from "../jsonStore";
import { leased } from "../loading/leased";
import { ModelLoader } from "../loading/modelLoader";
import { modelName } from "../models/modelLibrary";
import type { Runtime } from "../ports";
import { hashOf } from "../tradeoffs/fingerprint";
import { AnswerMemory } from "./answerMemory";
import { ClauseReader } from "./clauseReader";
import { correctedFindings, type PlacedCorrection } from "./corrections";
import { modelsAtHand } from "./modelsAtHand";
import { HeaderTraits } from "./modelTraits";
import { Conclusions } from "./patterns";
import { type MeasuredLevels, profileOf } from "./profile";
import { answerQuestion, type Question } from "./questions";
import { requireReadable } from "./readableText";
import { Talk } from "./talk";
import { suggestedWording } from "./wording";
import { writeFacts, writeObligations, writeSummary } from "./writing";

export interface AnalysedDocument {
  readonly uri: string;
  readonly name: string;
  readonly text: string;
}

export interface AnalysisOptions {
  threads(): number;
  contextSize(): number;
  /** Shared by all who load models; absent makes one of these settings. */
  readonly loader?: ModelLoader;
  /** Keeps what was found in segments between sessions; absent keeps it in memory. */
  readonly store?: JsonStore;
  /** Kinds of clauses that the person defined for this document. */
  ownCategories?(uri: string): Promise<readonly OwnCategory[]>;
  /** What the person said about the document's findings: conclusions are drawn from what is left. */
  corrections?(document: AnalysedDocument): Promise<readonly PlacedCorrection[]>;
  /** The models that there are, to name one that can do what this one cannot. */
  models?(): Promise<readonly ModelFile[]>;
  /** What the tradeoff study measured of the model's levels (measuredLevels.ts). */
  measured?(model: ModelFile, document: AnalysedDocument): Promise<MeasuredLevels | undefined>;
  /** Bytes of the machine's memory; this machine's where absent. */
  memory?(): number;
}

/** Reads documents with a model: names their clauses, and lets a model that can chat write facts, risks, summaries and answers. */
export class DocumentAnalysis {
  readonly #traits = new HeaderTraits();
  readonly #loader: ModelLoader;
  readonly #clauses: ClauseReader;
  readonly #conclusions = new Conclusions();
  /** Which models could do more than the one at a path, from the last look at it. */
  readonly #atHand = new Map<string, NonNullable<AbilityQuestion["atHand"]>>();
  /** Of the document, as it was, and the model that were asked last. */
  #asked: { readonly of: string; readonly memory: AnswerMemory } | undefined;

  constructor(
    private readonly runtime: Runtime,
    private readonly options: AnalysisOptions,
  ) {
    this.#loader = options.loader ?? new ModelLoader(runtime, options);
    this.#clauses = new ClauseReader(runtime, this.#traits, options);
  }

  /**
   * Clauses: complete snapshots as the reading goes on; the last one has no progress and tells all that patterns find. Only
   * passages that the model has not read yet are read, and the model is loaded only when there are any. Findings are the
   * model's own; missing clauses and risks follow from what the person's corrections leave of them.
   */
  analyse(document: AnalysedDocument, model: ModelFile, token: CancellationToken): AsyncGenerator<AnalysisSnapshot> {
    return leased(this.#loader, this.#analyse(document, model, token));
  }

  async *#analyse(document: AnalysedDocument, model: ModelFile, token: CancellationToken): AsyncGenerator<AnalysisSnapshot> {
    requireReadable(document.name, document.text);
    const started = performance.now();
    const shared = { document: { uri: document.uri, name: document.name }, model: modelName(model) };
    let last: AnalysisSnapshot = { ...shared, findings: [] };
    for await (const reading of this.#clauses.read(document, model, { isLoaded: await this.#loader.isLoaded(model), load: () => this.load(model, token) }, token)) {
      last = { ...shared, ...reading };
      yield last;
    }
    yield {
      ...last,
      progress: undefined,
      ...this.#conclusions.of(document.text, await this.#traits.of(model), await this.#corrected(document, last.findings), last.warning),
      profile: profileOf(await this.options.measured?.(model, document).catch(() => undefined)),
      abilities: await this.readAbilities(model),
      seconds: (performance.now() - started) / 1000,
    };
  }

  /** Facts, obligations with risks, or a summary by the model, part by part; each update holds all so far, the last has no progress. */
  write(document: AnalysedDocument, model: ModelFile, part: WrittenPart, token: CancellationToken): AsyncGenerator<Partial<AnalysisSnapshot>> {
    return leased(this.#loader, this.#write(document, model, part, token));
  }

  async *#write(document: AnalysedDocument, model: ModelFile, part: WrittenPart, token: CancellationToken): AsyncGenerator<Partial<AnalysisSnapshot>> {
    yield { progress: { label: "Loading the model", fraction: 0 } };
    const talk = await this.#talk(document, model, part, token);
    const { text } = document;
    if (part === "summary") return yield* writeSummary(talk, text);
    const known = this.#conclusions.statements(text, await this.#corrected(document, await this.#clauses.known(document, model)));
    yield* part === "facts" ? writeFacts(talk, text, known) : writeObligations(talk, text, known);
  }

  /** Answers a question; at last all answers, the new one at the end. */
  async *ask(document: AnalysedDocument, model: ModelFile, question: string, earlier: readonly Answer[], token: CancellationToken): AsyncGenerator<Partial<AnalysisSnapshot>> {
    const words = question.trim();
    if (words === "") throw new HumanError("badArgument", "Ask a question about the document.");
    yield { asking: { question: words, text: "" } };
    for await (const update of leased(this.#loader, this.#answer(document, model, { words }, earlier, token))) {
      if (typeof update === "string") yield { asking: { question: words, text: update } };
      else yield { asking: undefined, answers: [...earlier, update] };
    }
  }

  /** What a finding means for the parties. */
  async explain(document: AnalysedDocument, model: ModelFile, finding: ShownFinding, token: CancellationToken): Promise<Answer> {
    const passage = document.text.slice(finding.start, finding.end);
    const question = ({ prompts }: Talk): Question => {
      const words = prompts.explain(finding.category, finding.why);
      return { words, asked: prompts.about(words, betweenMarks(passage)), about: passage };
    };
    for await (const update of leased(this.#loader, this.#answer(document, model, question, [], token))) if (typeof update !== "string") return update;
    throw new HumanError("runtimeStopped", "The runtime ended before it had answered.");
  }

  /** Text that could take the place of a finding's passage. */
  async suggestWording(document: AnalysedDocument, model: ModelFile, finding: ShownFinding, instruction: string | undefined, token: CancellationToken): Promise<string> {
    const lease = this.#loader.lease();
    try {
      return await suggestedWording(await this.#talk(document, model, "wording", token), document.text, finding, instruction);
    } finally {
      lease.dispose();
    }
  }

  /** What the model can be asked, as far as its header was read: by `analyse`, or by `readAbilities`. */
  abilities(model: ModelFile): AnalysisSnapshot["abilities"] {
    const traits = this.#traits.known(model);
    return traits && abilitiesOf({ model: traits, memory: this.#memory(), atHand: this.#othersFor(model) });
  }

  async readAbilities(model: ModelFile): Promise<AnalysisSnapshot["abilities"]> {
    await this.#look(model);
    return this.abilities(model);
  }

  /** Lets the runtime hold this model, as its file is now, with what is wished for now. */
  async load(model: ModelFile, token: CancellationToken): Promise<void> {
    await this.#loader.load(model, token);
  }

  /** The answer as it grows, then the answer. */
  async *#answer(
    document: AnalysedDocument, model: ModelFile, question: Question | ((talk: Talk) => Question), earlier: readonly Answer[], token: CancellationToken,
  ): AsyncGenerator<string | Answer> {
    const talk = await this.#talk(document, model, "questions", token);
    const asked = typeof question === "function" ? question(talk) : question;
    const of = JSON.stringify([document.uri, model.path, hashOf(document.text)]);
    if (this.#asked?.of !== of) this.#asked = { of, memory: new AnswerMemory() };
    for await (const event of answerQuestion(talk, document.text, asked, earlier, this.#asked.memory)) {
      yield event.kind === "result" ? event.answer : event.text;
    }
  }

  /** Refuses, with what would be needed, a model that cannot be asked; else loads it. */
  async #talk({ name, text }: AnalysedDocument, model: ModelFile, task: GenerativeTask, token: CancellationToken): Promise<Talk> {
    requireReadable(name, text);
    if (model.problem) throw new HumanError("notGguf", model.problem);
    const traits = await this.#look(model);
    const { able, sentence } = abilityFor(task, { model: traits, memory: this.#memory(), atHand: this.#othersFor(model) });
    if (!able) throw new HumanError("unsupported", sentence ?? "This model cannot be asked.");
    await this.load(model, token);
    return new Talk(this.runtime, text, token, model.path);
  }

  async #look(model: ModelFile) {
    const traits = await this.#traits.of(model);
    this.#atHand.set(model.path, await modelsAtHand(traits, this.#traits, this.options.models));
    return traits;
  }

  #othersFor(model: ModelFile): NonNullable<AbilityQuestion["atHand"]> {
    return this.#atHand.get(model.path) ?? [];
  }

  async #corrected(document: AnalysedDocument, findings: readonly Finding[]): Promise<readonly Finding[]> {
    return correctedFindings(findings, (await this.options.corrections?.(document)) ?? []);
  }

  #memory(): number {
    return this.options.memory?.() ?? totalmem();
  }
}
