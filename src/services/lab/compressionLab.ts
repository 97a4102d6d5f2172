import { type Disposable, Emitter } from "../../core/emitter";
import { recipePresets } from "../../core/recipes/presets";
import { stepTitle } from "../../core/recipes/stepWords";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { LabSnapshot } from "../../protocol/labPanel";
import type { ModelFile } from "../../protocol/model";
import type { CompressionRecipe, RecipeResult, StepEstimate, StepResult } from "../../protocol/recipe";
import type { CancellationToken } from "../../protocol/rpc";
import type { StudyText } from "../tradeoffs/ground";
import type { CompressionLabParts, LabMemory, LabSource } from "./compressionLabParts";
import { LabEstimates } from "./labEstimates";
import { LabRanking } from "./labRanking";
import { LabState } from "./labState";
import { filesOf } from "./recipeEdits";
import { type Ground, RunningRecipe } from "./runningRecipe";

/** The state behind the Compression Lab: a recipe that is edited, what it would give, and its run. */
export class CompressionLab implements Disposable {
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #made = new Emitter<StepResult>();
  /** A step has made its file. */
  readonly onDidMake = this.#made.event;
  readonly #running: RunningRecipe;
  readonly #estimates: LabEstimates;
  readonly #ranking = new LabRanking(() => this.#changed.fire());
  readonly #state: LabState;

  constructor(private readonly parts: CompressionLabParts, private source: LabSource) {
    this.#state = new LabState(source());
    this.#running = new RunningRecipe({ runner: parts.runner, changed: () => this.#changed.fire(), made: (result) => this.#made.fire(result) });
    this.#estimates = new LabEstimates((token) => this.#estimate(token), () => this.#changed.fire(), parts.wait);
  }

  get snapshot(): LabSnapshot {
    return this.#state.snapshot({ running: this.#running, ranking: this.#ranking, estimates: this.#estimates, machine: this.parts.machine() });
  }

  /** With the model and the text that were chosen, as it is saved. The built-in model has another path after every update. */
  get recipe(): CompressionRecipe {
    const { recipe, model, text } = this.#state;
    return { ...recipe, model: model?.builtIn ? undefined : model?.path, text: text.path };
  }

  get isRunning(): boolean {
    return this.#running.isActive;
  }

  /** What was run so far, for a report; undefined before a step has ended. */
  get result(): RecipeResult | undefined {
    return this.#state.result(this.#running);
  }

  /** Looks again which models there are. */
  async refreshModels(): Promise<void> {
    const models = await this.parts.models();
    this.#state.models = models;
    // A file that was made anew under its name is another model.
    const now = models.find(({ path }) => path === this.#state.model?.path);
    if (now && now.bytes !== this.#state.model?.bytes && !this.isRunning) this.#take({ model: now });
    else this.#changed.fire();
  }

  async chooseModel(path: string): Promise<void> {
    this.#requireIdle();
    const model = await this.parts.model(path);
    if (model.path !== this.#state.model?.path) this.#take({ model });
  }

  setText(source: LabSource): void {
    this.#requireIdle();
    this.source = source;
    this.#readText();
  }

  /** Takes a recipe from a file, a preset or an earlier session, with the model and the text that it names. */
  async setRecipe({ model, text, ...own }: CompressionRecipe, { file, saved = own }: { readonly file?: string; readonly saved?: CompressionRecipe } = {}): Promise<void> {
    this.#requireIdle();
    const problems: string[] = [];
    const tell = (error: unknown): void => void problems.push(sentenceOf(error));
    if (model !== undefined) await this.chooseModel(model).catch(tell);
    if (text !== undefined && text !== this.#state.text.path) await this.parts.text(text).then((source) => this.setText(source)).catch(tell);
    this.#take({ recipe: own });
    Object.assign(this.#state, { file, saved, problem: problems[0] });
    this.#changed.fire();
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
    const model = this.#requireModel();
    this.#readText();
    await this.#ranking.make((token) => this.parts.pruning.rank(model, this.#state.text, { ...this.parts.measuring(), leaveOut }, token));
  }

  /** Resolves when it is done, paused, stopped or failed. */
  async run(): Promise<void> {
    this.#requireIdle();
    const model = this.#requireModel();
    if (this.#state.recipe.steps.length === 0) throw new HumanError("badArgument", "The recipe has no steps yet. Add one, or take a preset.");
    this.#ranking.cancel();
    this.#readText();
    this.#estimates.stop();
    await this.#requireTrust();
    await this.#running.start(this.#state.recipe, await this.#ground(model));
    this.#estimates.request(this.#state.recipe.steps.length);
  }

  /** Keeps the state of a training: run() goes on. */
  async pause(): Promise<void> {
    await this.#running.pause();
  }

  /** Ends the ranking or the run, and drops what is unfinished. */
  async cancel(): Promise<void> {
    const { model, recipe } = this.#state;
    if (this.#ranking.fraction !== undefined) this.#ranking.cancel();
    else if (model) {
      this.#state.unfinished = undefined;
      await this.#running.cancel(recipe, await this.#ground(model));
    }
    this.#changed.fire();
  }

  answer(goOn: boolean): void {
    this.#running.answer(goOn);
  }

  /** What is kept while the window is closed. */
  get memory(): LabMemory {
    return this.#state.memory({ running: this.#running, ranking: this.#ranking });
  }

  /** Goes on where an earlier session ended; results hold only where model and text are the same still. */
  async restore(memory: LabMemory): Promise<void> {
    const { model, text, recipe, saved, file, original, results, ranking } = memory;
    await this.setRecipe({ ...recipe, model, text: text.path }, { file, saved });
    if (!this.#state.isGroundOf(memory)) return;
    this.#running.restore(original, results);
    this.#ranking.set(ranking);
    this.#changed.fire();
  }

  /** Pauses what runs; resolves when nothing of it is half written. */
  async end(): Promise<void> {
    this.#estimates.stop();
    this.#ranking.cancel();
    await this.#running.pause();
  }

  dispose(): void {
    void this.end();
    this.#changed.dispose();
    this.#made.dispose();
  }

  #take(choice: { readonly recipe?: CompressionRecipe; readonly model?: ModelFile; readonly text?: StudyText }): void {
    const kept = this.#state.take(choice);
    if (kept === "nothing") {
      this.#ranking.set(undefined);
      this.#running.clear();
    } else if (kept !== "everything") {
      this.#running.keep(kept);
    }
    if (kept !== "everything") this.#estimates.request(kept === "nothing" ? 0 : kept);
    this.#changed.fire();
  }

  /** Finds by the way what an earlier session left unfinished. */
  async #estimate(token: CancellationToken): Promise<readonly StepEstimate[]> {
    const { model, recipe, text } = this.#state;
    if (!model || recipe.steps.length === 0) return [];
    await this.#requireTrust();
    const left = await this.parts.runner.unfinished(recipe, { model, folder: this.parts.folder(model) });
    if (token.isCancellationRequested) return [];
    const step = left && recipe.steps[left.step];
    this.#state.unfinished = left && step && { step: left.checkpoint.step, of: left.checkpoint.steps, label: stepTitle(step) };
    this.#changed.fire();
    return this.parts.runner.estimate(recipe, model, text, token);
  }

  async #ground(model: ModelFile): Promise<Ground> {
    const { recipe, text } = this.#state;
    // Reading labelled contracts takes longer than many a step.
    const labelled = recipe.steps.some(({ gate }) => gate?.minClauseF1 !== undefined) ? await this.parts.labelled(model) : [];
    return { model, text, folder: this.parts.folder(model), ...this.parts.measuring(), measuringText: await this.parts.bundledText(), ...(labelled.length > 0 && { labelled }) };
  }

  #readText(): void {
    const { text } = this.#state;
    const now = this.source();
    if (now.text !== text.text || now.name !== text.name || now.path !== text.path) this.#take({ text: now });
  }

  async #requireTrust(): Promise<void> {
    const { model, recipe } = this.#state;
    for (const path of [...(model && !model.builtIn ? [model.path] : []), ...filesOf(recipe)]) await this.parts.requireTrust(path);
  }

  #requireModel(): ModelFile {
    const { model } = this.#state;
    if (!model) throw new HumanError("badArgument", "Choose a model first.");
    return model;
  }

  #requireIdle(): void {
    if (this.isRunning) throw new HumanError("failed", "The recipe is running. Pause or cancel it before you change it.");
  }
}
