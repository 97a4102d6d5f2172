import { betweenMarks } from "../../core/documents/prompts/prompts";
import { HumanError } from "../../protocol/humanError";
import type { ShownFinding } from "../../protocol/panels";
import { bestPassages, wholeText } from "./excerpts";
import type { Talk } from "./talk";

/** Tokens of new wording beside those of the passage, and how much longer than the passage it may become. */
const leastAnswer = 128;
const growth = 2;

/** Text to take the place of a finding's passage. Throws a HumanError when the model has none to offer. */
export async function suggestedWording(talk: Talk, text: string, { category, start, end }: ShownFinding, instruction: string | undefined): Promise<string> {
  const passage = text.slice(start, end);
  const [tokens = 0] = await talk.count([passage]);
  const maxTokens = leastAnswer + growth * tokens;
  const task = talk.prompts.wording(category, betweenMarks(passage), instruction);
  const room = await talk.room(task, maxTokens);
  const shown = (await wholeText(talk, text, room)) ?? (await bestPassages(talk, text, passage, { room, chosen: room }, undefined));
  const { text: answer, complete } = await talk.answer(talk.messages(shown.text, task), maxTokens);
  const wording = cleaned(answer, passage);
  if (wording === "") throw new HumanError("failed", "The model offered no wording. Say what you wish for, or load a larger model.");
  if (!complete) throw new HumanError("failed", "The model did not come to an end, so its wording would be cut off. Say what you wish for, or load a larger model.");
  if (folded(wording) === folded(passage)) throw new HumanError("failed", "The model would leave this passage as it is. Say what should change.");
  return wording;
}

/** What models put in front of what they were asked for. A heading of the clause itself ("New Products:") is none. */
const preambles: readonly RegExp[] = [
  /^(?:sure|certainly|of course|конечно|хорошо)[.!:,](?:\s+|$)(?:(?:I can|I['’]ll|I have|I['’]ve|let me|я могу)\s[^\n:.!]{0,60}(?::|[.!]?[^\S\n]*\n)\s*)?/iu,
  /^(?:here(?:'s|’s| is| are)|вот)\s(?:[^\n:]{0,120}:[^\S\n]*\n|[^\n:]{0,80}(?:clause|passage|wording|version|text|provision|редакци|формулировк|верси|текст|пункт|вариант)[^\n:]{0,40}:)\s*/iu,
  /^\**(?:the )?(?:rewritten|revised|suggested|proposed|new) (?:clause|passage|wording|version|text|provision)[^\n:]{0,40}:\**\s*/iu,
  /^\**(?:(?:предлагаемая|новая|исправленная|переписанная) (?:редакция|формулировка|версия)|(?:переписанный|исправленный|новый) (?:текст|пункт|вариант))[^\n:]{0,40}:\**\s*/iu,
];

/** The answer without code fences, preambles, marks of the prompt, thoughts, and quotation marks that the passage does not have. */
export function cleaned(answer: string, passage: string): string {
  let wording = answer.replace(/<think>[\s\S]*?(?:<\/think>|$)/g, "").trim();
  const fenced = /```[^\n]*\n([\s\S]*?)\n?```/.exec(wording);
  if (fenced?.[1] !== undefined && !passage.includes("```")) wording = fenced[1];
  wording = wording.replace(/^=== (?:BEGIN|END) DOCUMENT \d+ ===$/gm, "").trim();
  for (const preamble of preambles) if (!preamble.test(passage.trim())) wording = wording.replace(preamble, "").trim();
  const quoted = /^(["“«])([\s\S]*)(["”»])$/.exec(wording);
  const isOneQuote = quoted?.[2] !== undefined && !/["“”«»]/.test(quoted[2]);
  return isOneQuote && !/^["“«]/.test(passage.trim()) ? quoted[2]!.trim() : wording;
}

function folded(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
