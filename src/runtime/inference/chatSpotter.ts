import { choicesWith, clauseQuestion, noneAnswer } from "../../core/documents/prompts/clauseQuestion";
import { promptsFor } from "../../core/documents/prompts/prompts";
import { segmentText } from "../../core/documents/segments";
import { HumanError } from "../../protocol/humanError";
import type { Finding } from "../../protocol/documents";
import { AnswerScorer } from "./answerScorer";
import { chatPrompt } from "./chatPrompt";
import type { HeldModel } from "./engine";
import { decodePrompt } from "./promptDecoder";
import type { Reading, SegmentsRead } from "./segmentsRead";

/** Without examples to calibrate on, a category is found when it is more likely than none. */
const threshold = 0.5;

/**
 * Asks an instruct model about each segment through its own chat template. The instructions and the list of categories
 * stay in the context, so each segment costs its own tokens and the few that tell its likely answers apart.
 */
export async function* readByChat({ model, sequence }: HeldModel, { text, segments, wanted, own }: Reading, signal: AbortSignal): AsyncGenerator<SegmentsRead> {
  const choices = choicesWith(own);
  const prompts = promptsFor(text);
  const scorer = new AnswerScorer(sequence, model, [noneAnswer, ...choices.map(({ name }) => name)]);
  for (const [index, segment] of segments.entries()) {
    if (!wanted(index)) continue;
    signal.throwIfAborted();
    const { tokens: prompt } = await chatPrompt(model, [{ role: "user", text: clauseQuestion(prompts, choices, segmentText(text, segment)) }]);
    if (prompt.length + scorer.room > sequence.contextSize) {
      throw new HumanError("badArgument", `The question about one passage takes ${prompt.length} tokens, more than the context of ${sequence.contextSize}. Load the model with a larger context.`);
    }
    const before = sequence.tokenMeter.usedInputTokens;
    // In slices, so that the instructions of a large model can be stopped; the scorer decodes the last token.
    await decodePrompt(sequence, prompt, signal, () => undefined);
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
