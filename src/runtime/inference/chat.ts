import { basename } from "node:path";
import type { GbnfJsonObjectSchema, LlamaGrammarEvaluationState, LlamaModel, Token } from "node-llama-cpp";
import { HumanError } from "../../protocol/humanError";
import type { ChatParams, ChatProgress, ChatResult } from "../../protocol/rpc";
import { answerText, isWholeJson } from "./answerText";
import { chatPrompt } from "./chatPrompt";
import type { HeldModel } from "./engine";
import type { Meter } from "./meter";
import { decodePrompt } from "./promptDecoder";
import { rememberAnswer } from "./spokenAnswers";

/** Milliseconds between reports of an answer that grows. */
const reportEvery = 66;

/**
 * Lets the held model speak next in a conversation: its most likely token each time, or the most likely one that the
 * schema allows. Throws a HumanError when the model has no chat template, or the conversation leaves no room for an answer.
 */
export async function chat(
  held: HeldModel, params: ChatParams, onProgress: (progress: ChatProgress) => void, signal: AbortSignal, meter: Meter,
): Promise<ChatResult> {
  const { model, sequence } = held;
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  checkTemplate(held);
  const { tokens: prompt, stops } = await chatPrompt(model, params.messages);
  checkRoom(prompt.length, params.maxTokens, sequence.contextSize);
  const grammarEvaluationState = params.schema && (await grammarOf(model, params.schema));
  meter.begin();
  const reusedTokens = await decodePrompt(sequence, prompt, signal, (tokens) => meter.count(tokens));

  const answer: Token[] = [];
  const textNow = (): string => answerText(model.detokenize(answer), params.schema !== undefined);
  let firstTokenSeconds = 0;
  let reported = performance.now();
  let complete = true;
  for await (const token of sequence.evaluate(prompt.slice(-1), { temperature: 0, ...(grammarEvaluationState && { grammarEvaluationState }) })) {
    if (signal.aborted) throw HumanError.cancelled();
    meter.count(1);
    if (answer.push(token) === 1) firstTokenSeconds = seconds();
    const stop = stops.find((tokens) => endsWith(answer, tokens));
    if (stop) answer.splice(answer.length - stop.length);
    if (stop || (params.schema && mayEnd(model, token) && isWholeJson(textNow()))) break;
    complete = answer.length < params.maxTokens;
    if (!complete) break;
    if (performance.now() - reported < reportEvery) continue;
    reported = performance.now();
    onProgress({ text: textNow() });
  }
  const text = textNow();
  if (text !== "") rememberAnswer(model, text, answer);
  return {
    text, promptTokens: prompt.length, reusedTokens, tokens: answer.length,
    firstTokenSeconds: firstTokenSeconds || seconds(), seconds: seconds(), complete,
  };
}

/** Tokens of each text, without a beginning or special tokens. */
export function countTokens({ model }: HeldModel, texts: readonly string[]): readonly number[] {
  return texts.map((text) => model.tokenize(text, false).length);
}

function checkTemplate({ loaded }: HeldModel): void {
  if (loaded.hasChatTemplate) return;
  throw new HumanError("unsupported", `${basename(loaded.path)} cannot answer questions: it has no chat template. Load an instruct model.`);
}

function checkRoom(prompt: number, maxTokens: number, contextSize: number): void {
  if (!Number.isInteger(maxTokens) || maxTokens < 1) throw new HumanError("badArgument", "An answer needs at least one token.");
  const room = Math.max(0, contextSize - maxTokens);
  if (prompt <= room) return;
  throw new HumanError(
    "badArgument",
    `The question and its text take ${prompt} tokens, but the context has room for ${room} beside an answer of ${maxTokens}. Load the model with a larger context, or ask about less text.`,
  );
}

async function grammarOf(model: LlamaModel, schema: object): Promise<LlamaGrammarEvaluationState> {
  const { LlamaGrammarEvaluationState } = await import("node-llama-cpp");
  const grammar = await model.llama.createGrammarForJsonSchema(schema as GbnfJsonObjectSchema);
  return new LlamaGrammarEvaluationState({ model, grammar });
}

function endsWith(tokens: readonly Token[], end: readonly Token[]): boolean {
  return end.length <= tokens.length && end.every((token, index) => token === tokens[tokens.length - end.length + index]);
}

/** After JSON the grammar allows nothing but blanks. */
function mayEnd(model: LlamaModel, token: Token): boolean {
  return /[}\]\s]/.test(model.detokenize([token]));
}
