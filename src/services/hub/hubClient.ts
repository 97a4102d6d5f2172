import { filesOf, hubModelOf, object, revisionOf, tagsOf, weightTypesOf } from "../../core/hub/answer";
import { checkpointFilesOf } from "../../core/hub/checkpointFiles";
import { choicesOf } from "../../core/hub/choices";
import { fitted } from "../../core/hub/choiceFit";
import { type Quantization, quantizationOf } from "../../core/hub/quantization";
import { repositoryIdOf } from "../../core/hub/repositoryId";
import { HumanError, isCancellation } from "../../protocol/humanError";
import type { HubChoice, HubDetails, HubFile, HubFormat, HubModel } from "../../protocol/hub";
import type { Machine } from "../../protocol/model";
import type { CancellationToken } from "../../protocol/rpc";
import { HeaderReader } from "./headerReader";
import { HubConnection, type HubOptions } from "./hubConnection";
import { HubError } from "./hubError";
import { fileQuestion, repositoryQuestion, searchQuestion } from "./hubPaths";

export interface HubClientOptions extends HubOptions {
  /** This machine, for what fits; without one nothing is said about that. */
  machine?(): Promise<Machine>;
  /** Tokens of context that memory is estimated for. */
  context?(): number;
}

const mostResults = 50;
const usualContext = 4096;
/** Configurations are some kilobytes. */
const mostConfiguration = 2 ** 20;

/** What a hub has: searched, looked at, and judged by headers, before anything is downloaded. */
export class HubClient {
  readonly connection: HubConnection;

  constructor(private readonly options: HubClientOptions) {
    this.connection = new HubConnection(options);
  }

  /** The most downloaded repositories that match, at most fifty. */
  async search(query: string, format: HubFormat | "all", token: CancellationToken): Promise<readonly HubModel[]> {
    const wanted = (repositoryIdOf(query) ?? query.trim()).slice(0, 200);
    const answer = await this.connection.json(searchQuestion(wanted, format === "all" ? undefined : format, mostResults), token);
    if (!Array.isArray(answer)) throw this.#strange();
    return answer.slice(0, mostResults).flatMap((entry) => hubModelOf(entry) ?? []);
  }

  /** A repository and what can be taken from it. `id` may be the address of its page. */
  async details(id: string, token: CancellationToken): Promise<HubDetails> {
    const repository = repositoryIdOf(id);
    if (repository === undefined) throw new HumanError("badArgument", `"${id.slice(0, 100)}" names no repository: it looks like owner/name.`);
    const machineAsked = this.machine();
    const answer = await this.connection.json(repositoryQuestion(repository), token);
    const [model, revision] = [hubModelOf(answer), revisionOf(answer)];
    if (!model || revision === undefined) throw this.#strange();
    const files = filesOf(answer);
    const quantization = await this.#quantization(answer, { repository: model.id, revision, files }, token);
    const choices = choicesOf(files, { quantization, weightTypes: weightTypesOf(answer) });
    const machine = await machineAsked;
    const format = choices.find(({ problem }) => !problem)?.format ?? choices[0]?.format ?? "unknown";
    return { model: { ...model, format }, revision, choices: choices.map((choice) => fitted(choice, machine, this.context)) };
  }

  /** A choice with what its own header tells, and so with its exact memory. Some megabytes are fetched at most. */
  async header(id: string, revision: string, choice: HubChoice, token: CancellationToken): Promise<HubChoice> {
    if (choice.problem !== undefined) return choice;
    const header = await new HeaderReader(this.connection, id, revision).read(choice, token);
    return fitted({ ...choice, header }, await this.machine(), this.context);
  }

  /** Undefined where it is not known. */
  async machine(): Promise<Machine | undefined> {
    return this.options.machine?.().catch(() => undefined);
  }

  get context(): number {
    return this.options.context?.() ?? usualContext;
  }

  /** The hub's own summary of config.json lacks the groups of a GPTQ checkpoint: the file itself is asked where that matters. */
  async #quantization(answer: unknown, at: { repository: string; revision: string; files: readonly HubFile[] }, token: CancellationToken): Promise<Quantization | undefined> {
    const summary = object(object(answer)?.config);
    const tags = tagsOf(answer);
    const quantization = quantizationOf(summary, undefined, tags);
    const others = checkpointFilesOf(at.files)?.others ?? [];
    const hasFile = (name: string): boolean => others.some(({ path }) => path === name);
    if (quantization?.method !== "gptq" && !hasFile("quantize_config.json")) return quantization;
    const config = hasFile("config.json") ? await this.#configuration(at, "config.json", token) : undefined;
    const older = hasFile("quantize_config.json") ? await this.#configuration(at, "quantize_config.json", token) : undefined;
    return quantizationOf(config ?? summary, older, tags);
  }

  /** Undefined where it may not be read (a gated repository shows what it has, but not the files) or is none. */
  async #configuration({ repository, revision }: { repository: string; revision: string }, name: string, token: CancellationToken): Promise<unknown> {
    try {
      const file = await this.connection.get(fileQuestion(repository, revision, name), token);
      return JSON.parse(new TextDecoder().decode(await file.bytes(mostConfiguration))) as unknown;
    } catch (error) {
      if (isCancellation(error)) throw error;
      return undefined;
    }
  }

  #strange(): HubError {
    return new HubError("wrong", `What ${this.connection.host} answered is not a hub's answer: check the hub's address.`);
  }
}
