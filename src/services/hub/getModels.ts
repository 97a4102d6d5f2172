import { type Disposable, Emitter, type Event } from "../../core/emitter";
import { fittedLike } from "../../core/hub/choiceFit";
import { isCancellation, sentenceOf } from "../../protocol/humanError";
import type { HubChoice, HubDetails, HubFormat } from "../../protocol/hub";
import type { Machine, ModelFile } from "../../protocol/model";
import type { GetModelsSnapshot } from "../../protocol/modelPanels";
import { type CancellationToken, CancellationTokenSource } from "../../protocol/rpc";
import { freeBytes } from "./diskSpace";
import type { Downloads } from "./downloads";
import type { HubClient } from "./hubClient";
import { HubError } from "./hubError";
import { presentAt } from "./present";

export interface GetModelsOptions {
  readonly client: HubClient;
  readonly downloads: Downloads;
  /** Where downloads go. */
  folder(): string;
  /** Whether a token is kept. */
  signedIn(): Promise<boolean>;
  /** Models on this machine, so that none is fetched twice. */
  models?(): Promise<readonly ModelFile[]>;
  readonly freeBytes?: typeof freeBytes;
}

type State = Pick<GetModelsSnapshot, "freeBytes" | "signedIn" | "query" | "format" | "searching" | "results" | "details" | "opening" | "reading" | "problem">;

/** The state behind the panel that finds models and gets them. Nothing is asked of the network before a person asks. */
export class GetModels implements Disposable {
  #state: State = { signedIn: false, query: "", format: "all", searching: false, reading: [] };
  /** What is being asked, so that a newer question ends it. */
  #searching = new CancellationTokenSource();
  #opening = new CancellationTokenSource();
  #finished = 0;
  /** The problem is that the hub could not be reached. */
  #unreached = false;
  readonly #changed = new Emitter<void>();
  readonly onDidChange: Event<void> = this.#changed.event;
  readonly #subscription: Disposable;

  constructor(private readonly options: GetModelsOptions) {
    this.#subscription = options.downloads.onDidChange(() => this.#downloadsChanged());
  }

  get snapshot(): GetModelsSnapshot {
    return { ...this.#state, hub: this.options.client.connection.name, folder: this.options.folder(), downloads: this.options.downloads.list };
  }

  /** Looks again at what does not come from the hub: the folder, its disk, the token. Starts no native code. */
  async refresh(): Promise<void> {
    const folder = this.options.folder();
    const [free, signedIn] = await Promise.all([
      (this.options.freeBytes ?? freeBytes)(folder),
      this.options.signedIn(),
      this.options.downloads.restore(folder),
    ]);
    this.#set({ freeBytes: free, signedIn });
    const { details } = this.#state;
    if (details) await this.#show(details, this.#opening.token);
  }

  async search(query: string, format: HubFormat | "all"): Promise<void> {
    const token = this.#renewSearch();
    this.#set({ query, format, searching: true, problem: undefined });
    const found = await this.#try(token, async () => {
      const results = await this.options.client.search(query, format, token);
      if (!token.isCancellationRequested) this.#set({ results });
    });
    // What an earlier search found would stand under the words of this one.
    if (!found && !token.isCancellationRequested) this.#set({ results: undefined });
    if (!token.isCancellationRequested) this.#set({ searching: false });
  }

  async open(id: string): Promise<void> {
    const token = this.#renewOpening();
    this.#set({ opening: id, details: undefined, reading: [], problem: undefined });
    await this.#try(token, async () => this.#show(await this.options.client.details(id, token), token));
    if (!token.isCancellationRequested) this.#set({ opening: undefined });
  }

  close(): void {
    this.#renewOpening();
    this.#set({ opening: undefined, details: undefined, reading: [], problem: undefined });
  }

  /** Reads the header of a choice; the other levels of the base get their memory from its shape. */
  async readHeader(id: string): Promise<void> {
    const { details, reading } = this.#state;
    const choice = details?.choices.find((candidate) => candidate.id === id);
    if (!details || !choice || choice.header || reading.includes(id)) return;
    const { token } = this.#opening;
    this.#set({ reading: [...reading, id], problem: undefined });
    await this.#try(token, async () => {
      const read = await this.options.client.header(details.model.id, details.revision, choice, token);
      const machine = await this.options.client.machine();
      const current = this.#state.details;
      if (token.isCancellationRequested || !current) return;
      const choices = current.choices.map((other) => (other.id === id ? { ...read, here: other.here, alike: other.alike } : this.#like(other, read, machine)));
      this.#set({ details: { ...current, choices } });
    });
    if (!token.isCancellationRequested) this.#set({ reading: this.#state.reading.filter((other) => other !== id) });
  }

  async download(id: string): Promise<void> {
    const { details } = this.#state;
    const choice = details?.choices.find((candidate) => candidate.id === id);
    if (details && choice) await this.options.downloads.start(details, choice, this.options.folder());
  }

  pause(id: string): Promise<void> {
    return this.options.downloads.pause(id);
  }

  async resume(id: string): Promise<void> {
    await this.options.downloads.resume(id);
  }

  cancel(id: string): Promise<void> {
    return this.options.downloads.cancel(id);
  }

  dismiss(id: string): void {
    this.options.downloads.dismiss(id);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#searching.cancel();
    this.#opening.cancel();
    this.#changed.dispose();
  }

  /** Shapes are only shared by files of one base; what differs in kind keeps its rough estimate. */
  #like(choice: HubChoice, read: HubChoice, machine: Machine | undefined): HubChoice {
    const { header } = read;
    if (!header?.shape || read.role !== "model" || choice.problem !== undefined) return choice;
    return fittedLike(choice, header.shape, header.contextLength, machine, this.options.client.context);
  }

  async #show(details: HubDetails, token: CancellationToken): Promise<void> {
    const folder = this.options.folder();
    const models = (await this.options.models?.().catch(() => [])) ?? [];
    const present = await Promise.all(details.choices.map((choice) => (choice.problem === undefined ? presentAt(details, choice, folder, models) : {})));
    if (token.isCancellationRequested) return;
    // A header may have been read meanwhile: choices keep their order.
    const latest = this.#state.details ?? details;
    this.#set({ details: { ...latest, choices: latest.choices.map((choice, index) => ({ ...choice, here: undefined, alike: undefined, ...present[index] })) } });
  }

  #downloadsChanged(): void {
    const finished = this.options.downloads.list.filter(({ state }) => state === "done").length;
    const more = finished > this.#finished;
    this.#finished = finished;
    this.#changed.fire();
    if (more) void this.#lookAgain();
  }

  /** A finished download is on the disk now, and the hub can be reached again. */
  async #lookAgain(): Promise<void> {
    if (this.#unreached) this.#set({ problem: undefined });
    this.#set({ freeBytes: await (this.options.freeBytes ?? freeBytes)(this.options.folder()) });
    const { details } = this.#state;
    if (details) await this.#show(details, this.#opening.token);
  }

  /** Whether it worked; what went wrong is told. */
  async #try(token: CancellationToken, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (isCancellation(error) || token.isCancellationRequested) return false;
      this.#unreached = error instanceof HubError && (error.failure === "offline" || error.failure === "unsteady");
      this.#set({ problem: sentenceOf(error) });
      return false;
    }
  }

  #renewSearch(): CancellationToken {
    this.#searching.cancel();
    this.#searching = new CancellationTokenSource();
    return this.#searching.token;
  }

  #renewOpening(): CancellationToken {
    this.#opening.cancel();
    this.#opening = new CancellationTokenSource();
    return this.#opening.token;
  }

  #set(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed.fire();
  }
}
