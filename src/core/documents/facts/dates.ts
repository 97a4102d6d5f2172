import type { Fact } from "../../../protocol/documents";
import { asLabel, factAt, labelByFinding, type Reading } from "./place";

const months = "(?:January|February|March|April|May|June|July|August|September|October|November|December|JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\\.?)";
const russianMonths = "(?:января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря)";
const ordinal = "(?:\\s?(?:st|nd|rd|th|t h|s t|n d|r d))?";
const blank = "[\\s\\u00a0]{1,6}";
const day = "(?:0?[1-9]|[12]\\d|3[01])";
const year = "(?:19|20)\\d\\d";

const date = new RegExp(
  [
    `${months}${blank}${day}${ordinal},?${blank}?${year}`,
    `${day}${ordinal}${blank}day${blank}of${blank}${months},?${blank}${year}`,
    `${day}${ordinal}${blank}(?:of${blank})?${months},?${blank}${year}`,
    `${year}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])`,
    `(?:0?[1-9]|[12]\\d|3[01])[./](?:0?[1-9]|[12]\\d|3[01])[./]${year}`,
    `[«"\\u201c]?${day}[»"\\u201d]?${blank}${russianMonths}${blank}${year}(?:${blank}(?:года|г\\.))?`,
  ].map((form) => `(?<![\\d./-])${form}(?![\\d-])`).join("|"),
  "gu",
);

/** Where the date of the contract itself stands, UTF-16 units. */
const firstPages = 6_000;

/** UTF-16 units before a date that may say what it is. */
const lookedBack = 240;
/** Where more dates than this stand in such a space they are a table. */
const mostDates = 8;

/** Dates whose sentence says what they are the date of; others are left out. */
export function* dates({ text, findings }: Reading): Generator<Fact> {
  const last: number[] = [];
  for (const { index, 0: words } of text.matchAll(date)) {
    const end = index + words.length;
    const isTable = last.length === mostDates && index - (last[0] ?? 0) < lookedBack;
    if (last.push(index) > mostDates) last.shift();
    const said = isTable ? [] : labelsOf(text, index, end);
    const labels = said.length > 0 ? said : [labelByFinding(findings, index, end, byCategory)];
    for (const label of labels) if (label) yield factAt(text, "date", label, index, end);
  }
}

const byCategory = { "Agreement Date": "Agreement date", "Effective Date": "Effective date", "Expiration Date": "Expiration date" };

/** What stands right before a date, to its sentence's beginning, and what it then is. */
const before: readonly (readonly [RegExp, string])[] = [
  [/\b(?:effective(?: date)?(?: of this agreement)?(?: (?:as of|on|is|shall be|means))?|with effect from|(?:become|take)s? effect(?:ive)? (?:on|as of|from))(?: the)?[:\s"\u201d)]*$/iu, "Effective date"],
  [/(?:вступает в силу|действует)\s+(?:с|со)\s+$/iu, "Effective date"],
  [/\b(?:agreement|term|contract)\b[^.;]{0,120}\b(?:expires?|expiring|terminates?|ends?|ending|continues?|continuing|remains?|effect|force)\b[^.;]{0,60}\b(?:on|until|through|to|as of)(?: and including)?(?: the)?[:\s]*$/iu, "Expiration date"],
  [/\b(?:expiration|expiry|termination) date\W{0,4}(?:is|means|shall be|will be|of this agreement|shall mean)?[:\s]*$/iu, "Expiration date"],
  [/\binitial term\b[^.;]{0,80}\b(?:until|through|to)\s*$/iu, "Expiration date"],
  [/(?:действует|срок\p{L}* действия|действителен).{0,80}\s(?:до|по)\s+$/iu, "Expiration date"],
  [/\b(?:commenc(?:es?|ing)|begin(?:s|ning)?|start(?:s|ing)?)(?: (?:on|as of|from))(?: the)?\s*$/iu, "Start date"],
  [/\b(?:no later than|not later than|on or before|by no later than|prior to|deadline of)\s*$/iu, "Deadline"],
  [/(?:не позднее|в срок до|до)\s+$/iu, "Deadline"],
];

/** "This Agreement is made as of …", but not "that certain License Agreement dated …". */
const signed = /\b(?:this|the present)\b(?:(?!\b(?:certain|pursuant|amended|party to)\b)[^.;]){0,200}?\b(?:dated|made|entered into|executed|concluded)\b[^.;]{0,60}?$/iu;
const dated = /^\W{0,3}(?:dated|date of agreement|agreement date|made)\b(?: as of| on| this| the|[:\s]){0,4}$/iu;

/** "made as of March 1, 2024 (the “Effective Date”)" is the date of the agreement and that from which it applies. */
function labelsOf(text: string, start: number, end: number): string[] {
  const after = text.slice(end, end + 60).replace(/\s+/gu, " ");
  const defined = /^,? ?(?:\([^"\u201c()]{0,30}["\u201c]([\p{L}\s]{2,30}?) ?,?["\u201d])/u.exec(after)?.[1];
  const words = sentenceBefore(text, start);
  const labels: string[] = [];
  if (start < firstPages && (signed.test(words) || dated.test(words) || standsAlone(text, start, end))) labels.push("Agreement date");
  if (defined && /date$/iu.test(defined)) labels.push(asLabel(defined));
  const said = before.find(([pattern]) => pattern.test(words))?.[1];
  if (said && (said === "Effective date" || labels.length === 0) && !labels.includes(said)) labels.push(said);
  return labels;
}

/** Up to `lookedBack` units before a date, from the beginning of its sentence. */
function sentenceBefore(text: string, start: number): string {
  const words = text.slice(Math.max(0, start - lookedBack), start).replace(/\s+/gu, " ");
  return words.slice(Math.max(words.lastIndexOf(". ") + 1, words.lastIndexOf("; ") + 1));
}

/** A line of its own, as on a title page; a Russian contract has its town before it. */
function standsAlone(text: string, start: number, end: number): boolean {
  const line = text.slice(Math.max(0, text.lastIndexOf("\n", start - 1) + 1, start - 80), start);
  return /^\s*(?:(?:dated?(?: as of)?|date):?\s*|г\.\s?\p{Lu}[\p{L}-]+[\s,]*)?$/iu.test(line) && /^[.,]?[ \t]*(?:\r?\n|$)/.test(text.slice(end, end + 20));
}
