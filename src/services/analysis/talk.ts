import { betweenMarks, type Prompts, promptsFor } from "../../core/documents/prompts/prompts";
import { HumanError } from "../../protocol/humanError";
import type { CancellationToken, ChatParams, ChatProgress, ChatResult } from "../../protocol/rpc";
import type { Job, Runtime } from "../ports";

/** Tokens that a chat template may add around the messages. */
const templateRoom = 96;
/** Tokens of a document below which reading it in parts makes no sense. */
const leastRoom = 64;

export type Messages = ChatParams["messages"];

/**
 * A conversation with the loaded model about one document. Rules and document come first, so that what follows costs only
 * its own tokens.
 */
export class Talk {
  readonly prompts: Prompts;

  constructor(
    private readonly runtime: Runtime,
    text: string,
    private readonly token: CancellationToken,
    /** Path of the model that is meant: another one that is loaded meanwhile does not answer. */
    private readonly model: string,
  ) {
    this.prompts = promptsFor(text);
  }

  /** Tokens of the loaded model's context. */
  get context(): number {
    return this.runtime.loaded?.contextSize ?? 0;
  }

  messages(shown: string, task: string): Messages {
    return [
      { role: "system", text: this.prompts.rules },
      { role: "user", text: `${this.prompts.document(betweenMarks(shown))}\n\n${task}` },
    ];
  }

  /** Tokens that are left for the document beside the task, other messages and the answer. */
  async room(task: string, answerTokens: number, others: readonly string[] = []): Promise<number> {
    const counts = await this.count([...this.messages("", task).map(({ text }) => text), ...others]);
    const used = counts.reduce((sum, count) => sum + count, 0);
    const room = this.context - answerTokens - templateRoom - used;
    if (room >= leastRoom) return room;
    throw new HumanError("badArgument", `The context of ${this.context} tokens has no room for the document: the instructions take ${used} and the answer ${answerTokens}. Load the model with a larger context.`);
  }

  count(texts: readonly string[]): Promise<readonly number[]> {
    return this.runtime.countTokens(texts, this.token, this.model);
  }

  chat(messages: Messages, maxTokens: number, schema?: object): Job<ChatProgress, ChatResult> {
    return this.runtime.chat({ messages, model: this.model, maxTokens, ...(schema && { schema }) }, this.token);
  }

  /** The whole answer. */
  async answer(messages: Messages, maxTokens: number, schema?: object): Promise<ChatResult> {
    for await (const event of this.chat(messages, maxTokens, schema)) if (event.kind === "result") return event.result;
    throw new HumanError("runtimeStopped", "The runtime ended before it had answered.");
  }
}
