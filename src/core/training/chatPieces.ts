import type { TrainingExample } from "../../protocol/compression";

/** A part of a conversation as the model reads it; answers are what it is to write. */
export interface ChatPiece {
  readonly text: string;
  readonly answer: boolean;
}
/** With `opened`, up to where the assistant speaks next. */
export type RenderChat = (messages: TrainingExample["messages"], opened: boolean) => string;

const noThought = "<think>\n\n</think>\n\n";

/**
 * Cuts a conversation at the beginning and end of each answer, the marks that end an answer included. `thinks`: answers follow an empty
 * thought, as they do when Decant asks. A text alone is its own answer.
 */
export function chatPieces({ messages }: TrainingExample, render: RenderChat, thinks = false): readonly ChatPiece[] {
  if (messages.length === 1 && messages[0]!.role === "assistant") return [{ text: messages[0]!.content, answer: true }];
  const pieces: ChatPiece[] = [];
  let told = 0;
  messages.forEach(({ role }, index) => {
    if (role !== "assistant") return;
    const whole = render(messages.slice(0, index + 1), false);
    const opening = commonLength(render(messages.slice(0, index), true), whole);
    const text = whole.slice(Math.min(told, opening), opening);
    pieces.push({ text: thinks && !/<think>/.test(whole.slice(opening)) ? text + noThought : text, answer: false }, { text: whole.slice(opening), answer: true });
    told = whole.length;
  });
  return pieces;
}

/** For models without a template: a line for each message. */
export const plainChat: RenderChat = (messages, opened) =>
  messages.map(({ role, content }) => `${role}: ${content}\n`).join("") + (opened ? "assistant: " : "");

function commonLength(one: string, two: string): number {
  let length = 0;
  while (length < one.length && one[length] === two[length]) length++;
  return length;
}
