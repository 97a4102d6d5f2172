import type { ChatHistoryItem, ChatWrapper, LlamaModel, Token } from "node-llama-cpp";
import { HumanError } from "../../protocol/humanError";
import type { ChatParams } from "../../protocol/rpc";
import { tokensOf } from "./spokenAnswers";

export interface ChatPrompt {
  readonly tokens: readonly Token[];
  /** Token sequences that end an answer, besides the vocabulary's own end tokens. */
  readonly stops: readonly (readonly Token[])[];
}

/** Functions are never called: not looking for how a template writes them spares most of the time. */
const customWrapperSettings = { qwen: { thoughts: "discourage" }, jinjaTemplate: { functionCallMessageTemplate: "noJinja" } } as const;

/** Finding out a template's peculiarities takes several renderings. */
const wrappers = new WeakMap<LlamaModel, ChatWrapper>();

/**
 * Renders a conversation with the model's chat template, up to where the model speaks next; thinking models are kept from
 * it. Only the template's own marks become special tokens: whatever is written in a message stays plain text.
 */
export async function chatPrompt(model: LlamaModel, messages: ChatParams["messages"]): Promise<ChatPrompt> {
  if (messages.length === 0 || messages.at(-1)?.role === "model") throw new HumanError("badArgument", "There is no question to answer.");
  const chatHistory = messages.map(({ role, text }): ChatHistoryItem => (role === "model" ? { type: "model", response: [text] } : { type: role, text }));
  const { SpecialTokensText } = await import("node-llama-cpp");
  const wrapper = await wrapperOf(model);
  const { contextText, stopGenerationTriggers } = wrapper.generateContextState({ chatHistory: [...chatHistory, { type: "model", response: [] }] });
  const tokens = await tokensOf(model, contextText);
  const noThoughts = closedThought(model, tokens);
  return {
    tokens: noThoughts === "" ? tokens : [...tokens, ...new SpecialTokensText(noThoughts).tokenize(model.tokenizer)],
    stops: stopGenerationTriggers.map((trigger) => trigger.tokenize(model.tokenizer)).filter((tokens) => tokens.length > 0),
  };
}

/** What must follow so that an answer does not begin with a thought: the empty thought, in the words of the usual templates. */
function closedThought(model: LlamaModel, tokens: readonly Token[]): string {
  if (!model.fileInfo.metadata.tokenizer?.chat_template?.includes("<think>")) return "";
  const end = model.detokenize(tokens.slice(-16), true);
  if (/<\/think>\s*$/u.test(end)) return "";
  return /<think>\s*$/u.test(end) ? "\n</think>\n\n" : "<think>\n\n</think>\n\n";
}

async function wrapperOf(model: LlamaModel): Promise<ChatWrapper> {
  const { resolveChatWrapper } = await import("node-llama-cpp");
  const wrapper = wrappers.get(model) ?? resolveChatWrapper(model, { warningLogs: false, customWrapperSettings });
  wrappers.set(model, wrapper);
  return wrapper;
}
