import { basename } from "node:path";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { Inspection, InspectionDiff, InspectorSnapshot } from "../../protocol/modelPanels";
import type { Inspector } from "../../services/models/inspector";

export interface InspectedFileParts {
  readonly inspector: Pick<Inspector, "inspect" | "diff">;
  /** What the library knows of a file besides its header: whose it is, where it came from. Slow when it looks for the first time. */
  known(path: string): Promise<ModelFile | undefined>;
  showError(error: unknown): void;
}

export interface InspectedPlace {
  readonly scheme: string;
  readonly path: string;
  readonly fsPath: string;
}

/** What is shown of one file: its header as soon as it is read, and what the library knows of it when that comes. */
export class InspectedFile {
  readonly #known = new Map<string, ModelFile>();
  /** Looks so far: an earlier one that ends late has nothing to say. */
  #looks = 0;
  #other: string | undefined;
  #loading = true;
  #inspection: Inspection | undefined;
  #diff: InspectionDiff | undefined;
  #problem: string | undefined;

  constructor(private readonly place: InspectedPlace, private readonly parts: InspectedFileParts, private readonly changed: () => void) {}

  get snapshot(): InspectorSnapshot {
    const file = basename(this.place.path);
    if (!this.#inspection) return { name: file, ...(this.#loading && { loading: true }), ...(this.#problem !== undefined && { problem: this.#problem, ...this.#knownProblem() }) };
    const model = this.#asKnown(this.#inspection.model);
    const diff = this.#diff && { ...this.#diff, first: this.#asKnown(this.#diff.first), second: this.#asKnown(this.#diff.second) };
    // Ollama's files are named by their hash.
    const name = model.source === "ollama" && model.name ? model.name : file;
    return { name, inspection: { ...this.#inspection, model }, ...(model.problem && { problem: model.problem }), ...(diff && { diff }) };
  }

  async compareWith(other: string): Promise<void> {
    this.#other = other;
    await this.look();
  }

  closeDiff(): void {
    this.#other = undefined;
    this.#diff = undefined;
    this.changed();
  }

  async look(): Promise<void> {
    const look = ++this.#looks;
    const isLast = (): boolean => look === this.#looks;
    const read = await this.#inspect();
    if (!isLast()) return;
    this.#loading = false;
    this.#inspection = typeof read === "string" ? undefined : read;
    this.#problem = typeof read === "string" ? read : undefined;
    this.changed();
    await Promise.all([this.#learn(this.place.fsPath, isLast), this.#inspection && this.#compare(isLast)]);
  }

  /** The header, or one sentence where it cannot be read. */
  async #inspect(): Promise<Inspection | string> {
    const { scheme, path, fsPath } = this.place;
    try {
      if (scheme !== "file") throw new HumanError("unsupported", `${basename(path)} is not a file on this machine: save it here to look into it.`);
      return await this.parts.inspector.inspect(fsPath);
    } catch (error) {
      return sentenceOf(error);
    }
  }

  async #compare(isLast: () => boolean): Promise<void> {
    const other = this.#other;
    if (other === undefined) return;
    // Another comparison, or none, may be wanted by the time this one is ready.
    const isWanted = (): boolean => isLast() && other === this.#other;
    try {
      const diff = await this.parts.inspector.diff(this.place.fsPath, other);
      if (!isWanted()) return;
      this.#diff = diff;
      this.changed();
      await this.#learn(other, isWanted);
    } catch (error) {
      if (!isWanted()) return;
      this.closeDiff();
      this.parts.showError(error);
    }
  }

  async #learn(path: string, isWanted: () => boolean): Promise<void> {
    const model = await this.parts.known(path).catch(() => undefined);
    if (!isWanted() || model === this.#known.get(path)) return;
    if (model) this.#known.set(path, model);
    else this.#known.delete(path);
    this.changed();
  }

  /** What the list tells of a file that cannot be read: it knows also what the file should have been. */
  #knownProblem(): Partial<InspectorSnapshot> {
    const { name, source, problem } = this.#known.get(this.place.fsPath) ?? {};
    return problem === undefined ? {} : { problem, ...(source === "ollama" && name !== undefined && { name }) };
  }

  #asKnown(model: ModelFile): ModelFile {
    return this.#known.get(model.path) ?? model;
  }
}
