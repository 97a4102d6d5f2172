import type { LlamaModel, LlamaText, Token } from "node-llama-cpp";

/** Answers whose tokens are remembered for each model. */
const remembered = 16;

const spoken = new WeakMap<LlamaModel, Map<string, readonly Token[]>>();

/** Remembers the tokens that the model wrote an answer with: its tokenizer may cut the same words differently. */
export function rememberAnswer(model: LlamaModel, text: string, tokens: readonly Token[]): void {
  const answers = spoken.get(model) ?? new Map<string, readonly Token[]>();
  spoken.set(model, answers);
  answers.delete(text);
  answers.set(text, tokens);
  const [oldest] = answers.keys();
  if (answers.size > remembered && oldest !== undefined) answers.delete(oldest);
}

/**
 * The tokens of a conversation. An answer that the model wrote is put in as it wrote it, so that the sequence, which holds
 * just that, need not decode it again.
 */
export async function tokensOf(model: LlamaModel, conversation: LlamaText): Promise<readonly Token[]> {
  const { LlamaText } = await import("node-llama-cpp");
  const answers = spoken.get(model);
  const tokens: Token[] = [];
  let words: LlamaText["values"][number][] = [];
  const putWords = (): void => {
    tokens.push(...LlamaText(words).tokenize(model.tokenizer, tokens.length > 0 ? "trimLeadingSpace" : undefined));
    words = [];
  };
  for (const value of conversation.values) {
    const answer = typeof value === "string" ? answers?.get(value.trim()) : undefined;
    if (!answer) {
      words.push(value);
      continue;
    }
    putWords();
    tokens.push(...answer);
  }
  putWords();
  return tokens;
}
