import { type Disposable, Emitter } from "../../core/emitter";
import { recipePresets } from "../../core/recipes/presets";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { LabSnapshot } from "../../protocol/labPanel";
import type { CompressionRecipe, RecipeResult, StepResult } from "../../protocol/recipe";
import type { CompressionLabParts, LabMemory, LabSource } from "./compressionLabParts";
import { type ChosenModel, type LabChoice, LabState, type Missing } from "./labState";
import { LabWork } from "./labWork";

/** The state behind the Compression Lab: a recipe that is edited, what it would give, and its run. */
export class CompressionLab implements Disposable {
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #made = new Emitter<StepResult>();
  /** A step has made its file. */
  readonly onDidMake = this.#made.event;
  readonly #state: LabState;
  readonly #work: LabWork;

  constructor(private readonly parts: CompressionLabParts, private source: LabSource) {
    this.#state = new LabState(source());
    this.#work = new LabWork(parts, this.#state, { changed: () => this.#changed.fire(), made: (result) => this.#made.fire(result) });
  }

  get snapshot(): LabSnapshot {
    return this.#state.snapshot(this.#work.findings, this.parts.machine());
  }

  /** As it is saved. */
  get recipe(): CompressionRecipe {
    return this.#state.whole;
  }

  get isRunning(): boolean {
    return this.#work.isRunning;
  }

  /** What was run so far, for a report; undefined before a step has ended. */
  get result(): RecipeResult | undefined {
    return this.#work.result;
  }

  /** Looks again which models there are, and whether the chosen one is still what it was. */
  async refreshModels(): Promise<void> {
    const models = await this.parts.models();
    this.#state.models = models;
    const file = models.find(({ path }) => path === this.#state.model?.path) ?? this.#state.model;
    const content = file && (await this.parts.content(file.path));
    if (file && content !== undefined && file.path === this.#state.model?.path && !this.isRunning) this.#take({ model: { file, content } });
    else this.#changed.fire();
  }

  async chooseModel(path: string): Promise<void> {
    this.#requireIdle();
    const model = await this.#modelAt(path);
    this.#requireIdle();
    this.#take({ model, missing: { ...this.#state.missing, model: undefined } });
  }

  setText(source: LabSource): void {
    this.#requireIdle();
    this.source = source;
    this.#take({ text: source(), missing: { ...this.#state.missing, text: undefined } });
  }

  /**
   * Takes a recipe from a file, a preset or an earlier session, with the model and the text that it names. What of them cannot be
   * used is an obstacle to running it until another is chosen.
   */
  async setRecipe({ model, text, ...own }: CompressionRecipe, { file, saved = own }: { readonly file?: string; readonly saved?: CompressionRecipe } = {}): Promise<void> {
    this.#requireIdle();
    const found = model === undefined ? undefined : await orMissing(model, this.#modelAt(model));
    const source = text === undefined || text === this.#state.text.path ? undefined : await orMissing(text, this.parts.text(text));
    this.#requireIdle();
    if (source?.found) this.source = source.found;
    Object.assign(this.#state, { file, saved });
    this.#take({ recipe: own, ...(found && { model: found.found }), ...(source?.found && { text: source.found() }), missing: { model: found?.missing, text: source?.missing } });
  }

  async preset(id: string): Promise<void> {
    const preset = recipePresets.find((candidate) => candidate.id === id);
    if (!preset) throw new HumanError("badArgument", `There is no preset "${id}".`);
    await this.setRecipe(preset.recipe());
  }

  /** The recipe is in a file now. */
  didSave(file: string): void {
    Object.assign(this.#state, { file, saved: this.#state.recipe });
    this.#changed.fire();
  }

  /** Changes what the recipe does, by recipeEdits.ts. */
  edit(change: (recipe: CompressionRecipe) => CompressionRecipe): void {
    this.#requireIdle();
    this.#take({ recipe: change(this.#state.recipe) });
  }

  /** Resolves when the blocks are ranked. */
  async rank(leaveOut: boolean): Promise<void> {
    this.#requireIdle();
    this.#readText();
    await this.#work.rank(leaveOut);
  }

  /** Resolves when it is done, paused, stopped or failed. */
  async run(): Promise<void> {
    this.#requireIdle();
    this.#readText();
    await this.#work.run();
  }

  /** Keeps the state of a training: run() goes on. */
  async pause(): Promise<void> {
    await this.#work.pause();
  }

  /** Ends the ranking or the run, and drops what is unfinished. */
  async cancel(): Promise<void> {
    await this.#work.cancel();
  }

  answer(goOn: boolean): void {
    this.#work.answer(goOn);
  }

  /** What is kept while the window is closed. */
  get memory(): LabMemory {
    return this.#state.memory(this.#work.findings);
  }

  /** Goes on where an earlier session ended; results hold only where model and text are the same still. */
  async restore(memory: LabMemory): Promise<void> {
    const { model, text, recipe, saved, file } = memory;
    await this.setRecipe({ ...recipe, model, text: text.path }, { file, saved });
    if (!this.#state.isGroundOf(memory)) return;
    this.#work.restore(memory);
    this.#changed.fire();
  }

  /** Pauses what runs; resolves when nothing of it is half written. */
  async end(): Promise<void> {
    await this.#work.end();
  }

  dispose(): void {
    void this.end();
    this.#changed.dispose();
    this.#made.dispose();
  }

  #take(choice: LabChoice): void {
    this.#work.keep(this.#state.take(choice));
    this.#changed.fire();
  }

  async #modelAt(path: string): Promise<ChosenModel> {
    const file = await this.parts.model(path);
    return { file, content: (await this.parts.content(file.path)) ?? "" };
  }

  #readText(): void {
    const { text } = this.#state;
    const now = this.source();
    if (now.text !== text.text || now.name !== text.name || now.path !== text.path) this.#take({ text: now });
  }

  #requireIdle(): void {
    if (this.isRunning) throw new HumanError("failed", "The recipe is running. Pause or cancel it before you change it.");
  }
}

/** What lies at a path, or why it cannot be used. */
async function orMissing<Found>(path: string, wanted: Promise<Found>): Promise<{ readonly found?: Found; readonly missing?: Missing }> {
  try {
    return { found: await wanted };
  } catch (error) {
    return { missing: { path, sentence: sentenceOf(error) } };
  }
}
