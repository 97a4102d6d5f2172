import type { ChatHistoryItem, Token } from "node-llama-cpp";
import { segmentDocument, segmentText } from "../../core/documents/segments";
import { HumanError } from "../../protocol/humanError";
import type { Finding } from "../../protocol/model";
import { AnswerScorer } from "./answerScorer";
import { answers, clauseQuestion, noneAnswer } from "./clauseQuestion";
import type { HeldModel } from "./engine";
import type { SegmentsRead } from "./segmentsRead";

/** Without examples to calibrate on, a category is found when it is more likely than none. */
const threshold = 0.5;
/** Tokens of an answer that may be decoded after the question. */
const answerRoom = 16;

/**
 * Asks an instruct model about each segment through its own chat template. The instructions and the list of categories
 * stay in the context, so each segment costs its own tokens and the few that tell its likely answers apart.
 */
export async function* readByChat({ model, sequence }: HeldModel, text: string, signal: AbortSignal): AsyncGenerator<SegmentsRead> {
  const { resolveChatWrapper } = await import("node-llama-cpp");
  const wrapper = resolveChatWrapper(model, { warningLogs: false, customWrapperSettings: { qwen: { thoughts: "discourage" } } });
  const promptOf = (passage: string): Token[] => {
    const chatHistory: ChatHistoryItem[] = [{ type: "user", text: clauseQuestion(passage) }, { type: "model", response: [] }];
    return wrapper.generateContextState({ chatHistory }).contextText.tokenize(model.tokenizer);
  };
  const scorer = new AnswerScorer(sequence, model, answers);
  for (const segment of segmentDocument(text)) {
    signal.throwIfAborted();
    const prompt = promptOf(segmentText(text, segment));
    if (prompt.length + answerRoom > sequence.contextSize) {
      throw new HumanError("badArgument", `The question about one passage takes ${prompt.length} tokens, more than the context of ${sequence.contextSize}. Load the model with a larger context.`);
    }
    const before = sequence.tokenMeter.usedInputTokens;
    const likelihood = await scorer.score(prompt, noneAnswer, threshold);
    const none = likelihood.get(noneAnswer) ?? 0;
    const findings: Finding[] = [];
    for (const [category, mass] of likelihood) {
      const probability = mass / (mass + none);
      if (category !== noneAnswer && probability >= threshold) findings.push({ category, start: segment.start, end: segment.end, probability });
    }
    yield { segments: 1, tokens: sequence.tokenMeter.usedInputTokens - before, findings };
  }
}
