import { chatPieces, plainChat } from "../../core/training/chatPieces";
import { cutText, type EncodedExample, packExamples, type TrainingSequence } from "../../core/training/sequences";
import { HumanError } from "../../protocol/humanError";
import type { TrainingData, TrainingExample } from "../../protocol/compression";
import type { ChatMessage } from "../ffi/chatTemplate";
import type { Vocabulary } from "./vocabulary";

export interface FoundSequences {
  readonly sequences: readonly TrainingSequence[];
  readonly tokens: number;
  readonly notes: readonly string[];
}

/** Texts are read one after the other, as one; examples through the model's chat template, where it has one that llama.cpp knows. */
export function sequencesOf(vocabulary: Vocabulary, data: TrainingData, context: number): FoundSequences {
  return data.kind === "texts" ? ofTexts(vocabulary, data.texts.map(({ text }) => text), context) : ofExamples(vocabulary, data.examples, context);
}

function ofTexts(vocabulary: Vocabulary, texts: readonly string[], context: number): FoundSequences {
  if (texts.every((text) => text.trim() === "")) throw new HumanError("textTooShort", "There is no text to learn from: choose one with words in it.");
  const tokens = joined(texts.map((text) => vocabulary.tokenize(text)));
  return { sequences: cutText(tokens, context, vocabulary.bos), tokens: tokens.length, notes: [] };
}

function ofExamples(vocabulary: Vocabulary, examples: readonly TrainingExample[], context: number): FoundSequences {
  if (examples.length === 0) throw new HumanError("textTooShort", "There are no examples to learn from.");
  const { template } = vocabulary;
  const known = template !== undefined && vocabulary.render(template, [{ role: "user", content: "." }], true) !== undefined;
  const render = known ? (messages: readonly ChatMessage[], opened: boolean): string => vocabulary.render(template, messages, opened) ?? plainChat(messages as TrainingExample["messages"], opened) : plainChat;
  const encoded = examples.map((example) => encode(vocabulary, chatPieces(example, render, known && template.includes("<think>")), !known));
  const tokens = encoded.reduce((sum, example) => sum + example.tokens.length, 0);
  const sequences = packExamples(encoded, context, vocabulary.bos, vocabulary.end ?? 0);
  const cut = encoded.filter((example) => example.tokens.length > context).length;
  return {
    sequences,
    tokens,
    notes: [
      `${examples.length} examples in ${sequences.length} sequences, ${known ? "through the model's chat template" : "written as “role: text”, because the model has no chat template that llama.cpp knows"}; only the answers are learnt.`,
      ...(cut > 0 ? [`${cut} examples are longer than the context and were cut.`] : []),
    ],
  };
}

/** `ended`: an end is added where no template writes one. */
function encode(vocabulary: Vocabulary, pieces: ReturnType<typeof chatPieces>, ended: boolean): EncodedExample {
  const end = vocabulary.end;
  const parts = pieces.map(({ text, answer }) => {
    const own = vocabulary.tokenize(text, !ended);
    return { tokens: answer && end !== undefined && (ended || pieces.length === 1) ? joined([own, Int32Array.of(end)]) : own, answer };
  });
  return {
    tokens: joined(parts.map(({ tokens }) => tokens)),
    answer: Uint8Array.from(parts.flatMap(({ tokens, answer }) => Array.from(tokens, () => (answer ? 1 : 0)))),
  };
}

function joined(lists: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}
