import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { segmentDocument } from "../../../../src/core/documents/segments";
import { HumanError } from "../../../../src/protocol/humanError";
import type { LoadedModel, Machine, ModelFile } from "../../../../src/protocol/model";
import type { CancellationToken, ChatParams, LoadParams, SpotParams } from "../../../../src/protocol/rpc";
import type { Runtime } from "../../../../src/services/ports";
import { ggufBytes } from "../../ggufBytes";

export const unitsPerToken = 4;

/** A runtime that names passages by words in them and says what a test puts into its mouth. It fails where a test wants it to. */
export class FakeRuntime {
  loaded: LoadedModel | undefined;
  readonly loads: LoadParams[] = [];
  readonly spots: SpotParams[] = [];
  readonly chats: ChatParams[] = [];
  /** The models that tokens were counted for. */
  readonly counted: (string | undefined)[] = [];
  contextSize = 4096;
  /** Passages after which a reading is cancelled. */
  cancelAfter = Number.POSITIVE_INFINITY;
  /** The answer to a conversation, or an error to throw. */
  reply: (params: ChatParams) => string | Error = () => "{}";
  complete = true;
  unloads = 0;
  here: Machine = { totalMemory: 2 ** 34, freeMemory: 2 ** 33, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 2 };

  async load(params: LoadParams): Promise<LoadedModel> {
    this.loads.push(params);
    const { size, mtimeMs } = await stat(params.path);
    return (this.loaded = { path: params.path, file: { bytes: size, modified: mtimeMs }, askedContext: params.contextSize, contextSize: this.contextSize, gpuLayers: 0, hasChatTemplate: true });
  }

  async unload(): Promise<void> {
    this.unloads++;
    this.loaded = undefined;
  }

  async machine(): Promise<Machine> {
    return this.here;
  }

  async *spot(params: SpotParams): ReturnType<Runtime["spot"]> {
    if (!this.loaded) throw new HumanError("badArgument", "No model is loaded. Load one first.");
    this.spots.push(params);
    const segments = segmentDocument(params.text);
    const wanted = params.only ?? segments.map((_, index) => index);
    const all = wanted.map((index) => segments[index]!).map(({ start, end }) => categoriesOf(params.text.slice(start, end)).map((category) => ({ category, start, end, probability: 0.9 })));
    for (const [index, findings] of all.entries()) {
      if (index >= this.cancelAfter) throw HumanError.cancelled();
      yield { kind: "progress", progress: { segment: index + 1, segments: wanted.length, findings } };
    }
    yield { kind: "result", result: { findings: all.flat(), segments: wanted.length, tokens: 1, seconds: 0.1 } };
  }

  async countTokens(texts: readonly string[], _token?: CancellationToken, model?: string): Promise<readonly number[]> {
    this.counted.push(model);
    return texts.map((text) => Math.ceil(text.length / unitsPerToken));
  }

  async *chat(params: ChatParams, token: CancellationToken): ReturnType<Runtime["chat"]> {
    const [prompt] = await this.countTokens([params.messages.map(({ text }) => text).join("")], token, params.model);
    if (prompt! + params.maxTokens > this.contextSize) throw new HumanError("badArgument", `The prompt has ${prompt} tokens.`);
    this.chats.push(params);
    const answer = this.reply(params);
    if (answer instanceof Error) throw answer;
    for (const share of [0.25, 0.5, 0.75]) {
      if (token.isCancellationRequested) throw HumanError.cancelled();
      yield { kind: "progress", progress: { text: answer.slice(0, share * answer.length) } };
    }
    yield { kind: "result", result: { text: answer, promptTokens: prompt!, reusedTokens: 0, tokens: 5, firstTokenSeconds: 0.5, seconds: 1, complete: this.complete } };
  }

  get port(): Runtime {
    return this as unknown as Runtime;
  }
}

function categoriesOf(passage: string): string[] {
  const words: readonly (readonly [RegExp, string])[] = [[/governed by the laws/, "Governing Law"], [/insurance/i, "Insurance"], [/liability .* exceed/, "Cap On Liability"]];
  return words.flatMap(([pattern, category]) => (pattern.test(passage) ? [category] : []));
}

/** A folder with small model files, which is removed at the end. */
export class ModelFolder {
  private constructor(readonly path: string) {}

  static async make(): Promise<ModelFolder> {
    return new ModelFolder(await mkdtemp(join(tmpdir(), "decant-analysis-")));
  }

  /** With a chat template where `parameters` tells how many weights it claims; a bare header else. */
  async model(name: string, parameters: number, metadata: Readonly<Record<string, string | number>> = { "tokenizer.chat_template": "{{ messages }}" }): Promise<ModelFile> {
    const path = join(this.path, `${name}.gguf`);
    await writeFile(path, ggufBytes({ "general.architecture": "llama", "general.name": name, ...metadata }, [{ name: "a", shape: [8, 8] }]));
    return { path, family: name, type: "Q8_0", bytes: 1000, parameters, architecture: "llama", contextLength: 4096 };
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}

export async function lastOf<T>(updates: AsyncIterable<T>): Promise<T> {
  const all = await allOf(updates);
  return all.at(-1)!;
}

export async function allOf<T>(updates: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const update of updates) all.push(update);
  return all;
}
