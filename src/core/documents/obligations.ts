import type { Obligation } from "../../protocol/documents";
import { isDuty, isProhibition, modal, whenIn } from "./obligations/duty";
import { rolesOf } from "./obligations/roles";
import { sentencesOf, type Sentence } from "./sentences";

const longestWhat = 160;
/** Longer sentences are lists or tables; only their beginnings are read. UTF-16 units. */
const longestSentence = 2_000;
/** More modals than this in one sentence are no prose. */
const mostModals = 12;

/** Obligations that are told; a contract of 30 pages has about a hundred, a hostile text any number. */
export const mostObligations = 1_000;

/**
 * Who must do what, and by when: sentences in which a party "shall", "must", "agrees to", «обязуется», «обязан» … do
 * something, in order; a prohibition is a duty that begins with "not". Sentences about things ("the Products shall …")
 * and rules of reading ("shall mean …") are left out. The quote is the whole sentence. The first
 * `mostObligations` of them. Linear in the text's length.
 */
export function obligationsByPatterns(text: string): Obligation[] {
  const subject = subjectPattern(rolesOf(text));
  const found: Obligation[] = [];
  let list: { who: string; not: boolean } | undefined;
  for (const sentence of sentencesOf(text)) {
    const words = text.slice(sentence.start, Math.min(sentence.end, sentence.start + longestSentence));
    const duties = dutiesIn(words, subject);
    const item = list && duties.length === 0 ? listItem(words) : undefined;
    if (list && item) duties.push({ who: list.who, what: list.not ? negated(item) : item, lead: "" });
    for (const { who, what, lead } of duties) if (what !== "") found.push(obligation(text, sentence, who, what, lead));
    if (/:$/.test(words)) list = openList(words, duties);
    else if (!item) list = undefined;
    if (found.length >= mostObligations) break;
  }
  return found.slice(0, mostObligations);
}

interface Duty {
  readonly who: string;
  /** Verb phrase; empty where a list follows. */
  readonly what: string;
  /** What stands before the subject, where a deadline may stand. */
  readonly lead: string;
  readonly not?: boolean;
}

/** A subject right before a modal, perhaps with an insertion between commas and an adverb. */
function subjectPattern(roles: string): RegExp {
  const one = `(?:${roles.replace(/ /g, "\\s+")})`;
  return new RegExp(`(?<![\\p{L}'\u2019-])(?:[Tt]he\\s+|[Tt]hat\\s+)?((?:${one}(?:\\s*,\\s*${one}){0,3},?\\s+(?:and|or|nor|и)\\s+(?:the\\s+)?)?${one})(?:\\s*,[^,;]{1,160},)?(?:\\s*\\([^()]{1,60}\\))?(?:\\s+(?:hereby|also|further|then|each|promptly|at\\s+all\\s+times|in\\s+turn|также|в\\s+свою\\s+очередь|при\\s+этом))?\\s*$`, "u");
}

const condition = /(?:\b(?:if|unless|whether|until|when|whenever|where|as|because|before|after|which|what|than|of|by|to|from|with|for|under|in the event(?: that)?|to the extent(?: that)?)|(?<!\p{L})(?:если|когда|котор\p{L}{2,3}))\s*$/iu;

function dutiesIn(sentence: string, subject: RegExp): Duty[] {
  const duties: Duty[] = [];
  const modals = [...sentence.matchAll(modal)].slice(0, mostModals);
  let from = 0;
  let who: string | undefined;
  modals.forEach(({ index, 0: words }, i) => {
    const before = sentence.slice(Math.max(from, index - 320), index);
    const match = subject.exec(before);
    if (match) who = condition.test(before.slice(0, match.index)) ? undefined : match[1];
    else if (from === 0 || !/(?:\b(?:and|or|but)|[,;]|(?<!\p{L})[ин])\s*$/iu.test(before)) who = undefined;
    const lead = match ? before.slice(0, match.index) : "";
    from = index + words.length;
    if (!who) return;
    const rest = sentence.slice(from, phraseEnd(sentence, from, modals[i + 1]?.index, subject)).replace(/^\s*,[^,]{1,60},\s*/u, "").trim();
    const isNot = isProhibition(words) || /^(?:neither|ни одна)/iu.test(who) || /\bneither\s[^.;]{0,80}(?:\bnor\s*)?$/iu.test(lead);
    const named = who.replace(/\s+/g, " ").replace(/^(?:neither|either)/iu, "Each").replace(/ nor /, " and ").replace(/^ни одна из/iu, "Каждая из").replace(/^\p{Ll}/u, (first) => first.toUpperCase());
    if (/^:?$/.test(rest)) duties.push({ who: named, what: "", lead, not: isNot });
    else if (isDuty(rest, isNot ? "not" : words)) duties.push({ who: named, what: isNot ? negated(rest) : rest, lead });
  });
  return duties;
}

/** A verb phrase goes to the next duty's subject or conjunction, else to the sentence's end. */
function phraseEnd(sentence: string, from: number, next: number | undefined, subject: RegExp): number {
  if (next === undefined) return sentence.length;
  const between = sentence.slice(from, next);
  const other = subject.exec(between.slice(-320));
  const joint = /(?:[,;]\s*)?(?:\b(?:and|or|but)|(?<!\p{L})[иа])?\s*$/iu;
  if (!other) return /(?:\b(?:and|or|but)|[,;]|(?<!\p{L})и)\s*$/iu.test(between) ? from + between.replace(joint, "").length : sentence.length;
  const upTo = Math.max(0, between.length - 320) + other.index;
  return from + between.slice(0, upTo).replace(joint, "").length;
}

/** In the language of the verb. */
function negated(words: string): string {
  return `${/^\p{Script=Cyrillic}/u.test(words) ? "не" : "not"} ${words}`;
}

function openList(words: string, duties: readonly Duty[]): { who: string; not: boolean } | undefined {
  const last = duties.at(-1);
  return last?.what === "" && words.length < 300 ? { who: last.who, not: last.not === true } : undefined;
}

/** "(a) deliver the Products;" or «4.1.1. Передать Товар»: an item of a list of duties begins with a verb. */
function listItem(words: string): string | undefined {
  const item = /^(?:\(?(?:\d{1,2}(?:\.\d{1,2}){0,4}|[a-zа-я])[.)]{1,2}|[-\u2013\u2014\u2022*])\s*([\p{L}][\s\S]*)/iu.exec(words)?.[1];
  if (!item || !/^(?:[a-z]{2,}|\p{Lu}?[а-яё]+(?:ть|ти|чь|ться|тись)|не\s)(?![\p{L}])/u.test(item)) return undefined;
  return item.replace(/^\p{Lu}/u, (first) => first.toLowerCase());
}

function obligation(text: string, { start, end }: Sentence, who: string, what: string, lead: string): Obligation {
  const when = whenIn(what) ?? whenIn(lead);
  const quote = { text: text.slice(start, end), match: "exact" as const, start, end };
  return { who, what: shortened(what), ...(when !== undefined && { when }), quote, source: "patterns" };
}

function shortened(words: string): string {
  const plain = words.replace(/\s+/gu, " ").replace(/[.;,:\s]+$/u, "");
  if (plain.length <= longestWhat) return plain;
  const cut = plain.slice(0, longestWhat - 1);
  return `${cut.replace(/\s\S*$/u, "").replace(/[\ud800-\udbff]$/, "")}…`;
}
