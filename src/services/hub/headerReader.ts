import { parseSafetensors, type SafetensorsEntry } from "../../core/conversion/safetensors";
import { parseGguf } from "../../core/gguf/parse";
import type { GgufHeader } from "../../core/gguf/header";
import { checkpointFacts } from "../../core/hub/checkpointFacts";
import { ggufFacts } from "../../core/hub/ggufFacts";
import { object } from "../../core/hub/answer";
import { quantizationOf } from "../../core/hub/quantization";
import { plainText } from "../../core/models/safePath";
import { HumanError } from "../../protocol/humanError";
import type { HubChoice, HubFile, HubHeader } from "../../protocol/hub";
import type { CancellationToken } from "../../protocol/rpc";
import type { HubConnection } from "./hubConnection";
import { fileQuestion } from "./hubPaths";
import { type HeaderBudget, RemotePrefix } from "./remotePrefix";

/** Bytes of a first request. The metadata of a model is in its first file; the others' headers are short. */
const firstBytes = 512 * 1024;
const laterBytes = 64 * 1024;
/** Headers that are read of one model; no model has more files. */
const mostFiles = 200;
const mostConfiguration = 2 ** 20;
/** Bytes of all headers of a model; those of the largest vocabularies are far shorter. */
const mostHeaders = 64 * 2 ** 20;

/** Reads what one choice tells of itself from the beginnings of its files, by ranged requests. */
export class HeaderReader {
  constructor(
    private readonly hub: HubConnection,
    private readonly repository: string,
    private readonly revision: string,
    private readonly budget: HeaderBudget = { left: mostHeaders },
  ) {}

  async read(choice: HubChoice, token: CancellationToken): Promise<HubHeader> {
    const files = choice.files.filter(({ path }) => /\.(gguf|safetensors)$/i.test(path)).slice(0, mostFiles);
    if (files.length === 0) throw new HumanError("badArgument", "There are no weights to look into.");
    return choice.format === "gguf" ? ggufFacts(await this.#each(files, token, readGguf)) : this.#checkpoint(choice, files, token);
  }

  async #checkpoint(choice: HubChoice, files: readonly HubFile[], token: CancellationToken): Promise<HubHeader> {
    const tensors = (await this.#each(files, token, readSafetensors)).flat();
    const named = async (name: string): Promise<unknown> => {
      const file = choice.files.find(({ path }) => path === name);
      return file && this.#json(file, token);
    };
    const config = await named("config.json");
    const tokenizer = object(await named("tokenizer_config.json"));
    const hasChatTemplate = tokenizer?.chat_template !== undefined || choice.files.some(({ path }) => /^chat_template\.(json|jinja)$/.test(path));
    return checkpointFacts(config, tensors, hasChatTemplate, quantizationOf(config, await named("quantize_config.json"), []));
  }

  async #each<T>(files: readonly HubFile[], token: CancellationToken, parse: (prefix: RemotePrefix, name: string) => T | { readonly needs: number }): Promise<T[]> {
    const results: T[] = [];
    for (const [index, file] of files.entries()) {
      const prefix = this.#prefix(file);
      const name = plainText(file.path, 80);
      await prefix.extendTo(index === 0 ? firstBytes : laterBytes, token);
      let result = parse(prefix, name);
      while (isNeed(result)) {
        if (result.needs <= prefix.bytes.length) throw new HumanError("truncated", `${name} is cut off inside its header.`);
        await prefix.extendTo(result.needs, token);
        result = parse(prefix, name);
      }
      results.push(result);
    }
    return results;
  }

  #prefix(file: HubFile): RemotePrefix {
    return new RemotePrefix(this.hub, fileQuestion(this.repository, this.revision, file.path), file.bytes, this.budget);
  }

  async #json(file: HubFile, token: CancellationToken): Promise<unknown> {
    if (file.bytes > mostConfiguration) return undefined;
    const prefix = this.#prefix(file);
    await prefix.extendTo(file.bytes, token);
    try {
      return JSON.parse(new TextDecoder().decode(prefix.bytes)) as unknown;
    } catch {
      return undefined;
    }
  }
}

function readGguf(prefix: RemotePrefix, name: string): GgufHeader | { readonly needs: number } {
  const parsed = parseGguf(prefix.bytes, prefix.fileBytes, { name });
  if ("needs" in parsed) return parsed;
  if (parsed.header.problem) throw parsed.header.problem;
  return parsed.header;
}

function readSafetensors(prefix: RemotePrefix, name: string): readonly SafetensorsEntry[] | { readonly needs: number } {
  return parseSafetensors(prefix.bytes, prefix.fileBytes, name);
}

function isNeed(value: unknown): value is { readonly needs: number } {
  return typeof value === "object" && value !== null && "needs" in value;
}
