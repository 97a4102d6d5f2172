import { HumanError } from "../../protocol/humanError";
import type { TrainingExample } from "../../protocol/compression";

type Message = TrainingExample["messages"][number];
const roles: readonly string[] = ["system", "user", "assistant"];
const mostExamples = 1_000_000;

/**
 * Examples from JSON lines, each {"messages": [{"role", "content"}]}, {"prompt", "completion"}, {"instruction", "input"?, "output"} or {"text"}; of a
 * text alone all is learnt, as if it were an answer without a question. Throws a HumanError that names the line.
 */
export function parseExamples(text: string): readonly TrainingExample[] {
  const examples: TrainingExample[] = [];
  for (const [index, line] of text.replace(/^\uFEFF/, "").split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    if (examples.length === mostExamples) throw new HumanError("badArgument", `There are more than ${mostExamples} examples: take fewer.`);
    examples.push({ messages: messagesOf(parsed(line, index + 1), index + 1) });
  }
  if (examples.length === 0) throw new HumanError("badArgument", "There are no examples: each line is one, e.g. {\"prompt\": \"…\", \"completion\": \"…\"}.");
  return examples;
}

function parsed(line: string, number: number): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new HumanError("badArgument", `Line ${number} of the examples is not JSON: each line is one example, in braces.`, { cause: error });
  }
  throw new HumanError("badArgument", `Line ${number} of the examples is no example: each is in braces, e.g. {"prompt": "…", "completion": "…"}.`);
}

function messagesOf(value: Readonly<Record<string, unknown>>, line: number): readonly Message[] {
  const { messages, prompt, completion, instruction, input, output, text } = value;
  if (messages !== undefined) return conversation(messages, line);
  if (isText(prompt) && isText(completion)) return [{ role: "user", content: prompt }, { role: "assistant", content: completion }];
  if (isText(instruction) && isText(output)) {
    return [{ role: "user", content: isText(input) && input !== "" ? `${instruction}\n\n${input}` : instruction }, { role: "assistant", content: output }];
  }
  if (isText(text)) return [{ role: "assistant", content: text }];
  throw new HumanError("badArgument", `Line ${line} of the examples has neither "messages" nor "prompt" and "completion" nor "instruction" and "output" nor "text".`);
}

function conversation(messages: unknown, line: number): readonly Message[] {
  if (!Array.isArray(messages) || messages.length === 0) throw new HumanError("badArgument", `Line ${line} of the examples: "messages" is no list of messages.`);
  const found = messages.map((message: unknown): Message => {
    const { role, content } = (message ?? {}) as { readonly role?: unknown; readonly content?: unknown };
    if (!isText(role) || !roles.includes(role)) throw new HumanError("badArgument", `Line ${line} of the examples: the role of a message is one of ${roles.join(", ")}.`);
    if (!isText(content)) throw new HumanError("badArgument", `Line ${line} of the examples: a message has no "content" that is text.`);
    return { role: role as Message["role"], content };
  });
  if (!found.some(({ role }) => role === "assistant")) throw new HumanError("badArgument", `Line ${line} of the examples has no message of the assistant: there is nothing to learn from.`);
  return found;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
