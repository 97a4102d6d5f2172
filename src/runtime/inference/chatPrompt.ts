import type { ChatHistoryItem, ChatWrapper, LlamaModel, Token } from "node-llama-cpp";
import { HumanError } from "../../protocol/humanError";
import type { ChatParams } from "../../protocol/rpc";

export interface ChatPrompt {
  readonly tokens: readonly Token[];
  /** Token sequences that end an answer, besides the vocabulary's own end tokens. */
  readonly stops: readonly (readonly Token[])[];
}

/** Finding out a template's peculiarities takes several renderings. */
const wrappers = new WeakMap<LlamaModel, ChatWrapper>();

/**
 * Renders a conversation with the model's chat template, up to where the model speaks next; thinking models are kept from
 * it. Only the template's own marks become special tokens: whatever is written in a message stays plain text.
 */
export async function chatPrompt(model: LlamaModel, messages: ChatParams["messages"]): Promise<ChatPrompt> {
  if (messages.length === 0 || messages.at(-1)?.role === "model") throw new HumanError("badArgument", "There is no question to answer.");
  const chatHistory = messages.map(({ role, text }): ChatHistoryItem => (role === "model" ? { type: "model", response: [text] } : { type: role, text }));
  const wrapper = await wrapperOf(model);
  const { contextText, stopGenerationTriggers } = wrapper.generateContextState({ chatHistory: [...chatHistory, { type: "model", response: [] }] });
  return {
    tokens: contextText.tokenize(model.tokenizer),
    stops: stopGenerationTriggers.map((trigger) => trigger.tokenize(model.tokenizer)).filter((tokens) => tokens.length > 0),
  };
}

async function wrapperOf(model: LlamaModel): Promise<ChatWrapper> {
  const { resolveChatWrapper } = await import("node-llama-cpp");
  const wrapper = wrappers.get(model) ?? resolveChatWrapper(model, { warningLogs: false, customWrapperSettings: { qwen: { thoughts: "discourage" } } });
  wrappers.set(model, wrapper);
  return wrapper;
}
