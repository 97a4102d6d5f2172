import type { Fact } from "../../../protocol/documents";
import { durationsIn, hasUnit } from "./durations";
import { factAt, labelByFinding, type Reading } from "./place";

interface Rule {
  readonly label: string;
  /** What the sentence must say, right before the duration and right after it, each within 120 units. */
  readonly sentence?: RegExp;
  readonly before?: RegExp;
  readonly after?: RegExp;
  /** What it must not say within that distance. */
  readonly not?: RegExp;
}

/** Periods that begin where another ends are not that other one. */
const beside = /\b(?:during|throughout|remaining|thereafter|following|after|beyond|prior|notice|notif\p{L}*|surviv\p{L}*|any|each|every|unremedied)\b/iu;

/** The first rule that fits gives the label. */
const rules: readonly Rule[] = [
  { label: "Notice against renewal", sentence: /non-?renew|not (?:to|be) renew|intent(?:ion)? not to (?:renew|extend)|unless (?:either|one|a) party.{0,80}notice/i, after: /^['\u2019]?\s*(?:(?:written|prior|in|advance|of|or|more)\s){0,4}(?:notice|before|prior to|advance)/i },
  { label: "Notice against renewal", sentence: /продл|пролонг|возобнов/iu, before: /(?:не позднее|не менее чем за|за|уведом\p{L}*).{0,40}$/iu },
  { label: "Cure period", sentence: /\bcur(?:e|ed|ing)\b|\bremed(?:y|ied)\b/i, before: /\b(?:within|period of|for|after|has|have)\b.{0,30}$/i },
  { label: "Notice period", sentence: /terminat|cancel/i, after: /^['\u2019]?\s*(?:\w+\s){0,3}notice/i },
  { label: "Notice period", sentence: /terminat|cancel/i, before: /\bnotice\b.{0,40}\b(?:of|at least|less than)\s*(?:at least\s*)?$/i },
  { label: "Notice period", sentence: /расторг|расторжен|отказ\p{L}* от/iu, before: /(?:за|уведом\p{L}*.{0,40}|предупре\p{L}*.{0,40})\s*$/iu },
  { label: "Renewal", sentence: /\b(?:agreement|term|contract)\b.*\b(?:renew|extend)|\b(?:renew|extend).*\b(?:agreement|term|contract)\b/i, before: /\b(?:successive|additional|further|renewal|renewed|renew|extended|extend)\b.{0,60}$/i, not: /warrant|royalt|\bafter\b|thereafter|extended period/i },
  { label: "Renewal", sentence: /renew|extend/i, after: /^\s*(?:renewal|extension|each\b)/i },
  { label: "Renewal", sentence: /продлева|пролонг|продлён|продлен/iu, before: /(?:на|сроком на)(?:\s\p{L}+){0,3}\s*$/iu },
  { label: "Initial term", before: /\b(?:initial (?:term|period)|term of (?:this|the) (?:agreement|contract))\b[^.]{0,90}$/i, not: beside },
  { label: "Initial term", sentence: /^[^.]{0,60}\bthis agreement\b/i, before: /\b(?:continue|remain|in (?:full )?force|effect|term)\b.{0,80}\b(?:for|of)(?: an?)?(?: (?:initial )?(?:period|term) of)?\s*$/i, not: beside },
  { label: "Initial term", sentence: /настоящ\p{L}* договор|договор вступает|срок действия/iu, before: /(?:действует|срок\p{L}* действия).{0,80}$/iu },
  { label: "Payment term", sentence: /\b(?:pay|paid|payable|payments?|invoices?|remit)\b/i, before: /\b(?:within|net|not later than|no later than|due)\s*$/i },
  { label: "Payment term", sentence: /оплат|оплач|плат[её]ж|сч[её]та/iu, before: /(?:в течение|не позднее)(?:\s\p{L}+){0,2}\s*$/iu },
  { label: "Warranty", sentence: /\bwarrant(?:y|ies|s|ed)?\b/i, before: /\b(?:period of|for|warranty period[^.]{0,40}|term of)\s*$/i, not: beside },
  { label: "Warranty", sentence: /гаранти/iu, before: /(?:срок|состав|течение|на)\p{L}*\s?[-\u2013\u2014]?\s*$/iu },
  { label: "Non-compete", sentence: /\bcompet(?:e|es|ing|itive)\b/i, before: /\b(?:for|period of|and)(?: an?(?: additional)?(?: period of)?)?\s*$/i },
  { label: "No-solicit", sentence: /\bsolicit/i, before: /\b(?:for|period of|and)(?: an?(?: additional)?(?: period of)?)?\s*$/i },
  { label: "Confidentiality", sentence: /\bconfidential/i, before: /\b(?:for|period of)(?: a period of)?\s*$/i },
  { label: "Confidentiality", sentence: /конфиденциал/iu, before: /в течение\s*$/iu },
  { label: "Record keeping", sentence: /\b(?:records|books)\b.*\b(?:keep|maintain|retain|preserve)|\b(?:keep|maintain|retain|preserve).*\b(?:records|books)\b/i, before: /\b(?:for|period of)(?: at least| not less than)?(?: a period of)?\s*$/i },
  { label: "Delivery", sentence: /\bdeliver(?:y|s|ed)?\b|\bship(?:ped|ment)?\b/i, before: /\bwithin\s*$/i },
  { label: "Delivery", sentence: /поста[вл]/iu, before: /в течение\s*$/iu },
];

const byCategory = {
  "Warranty Duration": "Warranty",
  "Notice Period To Terminate Renewal": "Notice against renewal",
  "Renewal Term": "Renewal",
  "Expiration Date": "Initial term",
  "Non-Compete": "Non-compete",
};

/** Terms and periods whose sentence says what they are; others are left out. */
export function* terms({ text, sentences, findings }: Reading): Generator<Fact> {
  for (const { start, end } of sentences) {
    const sentence = text.slice(start, end);
    if (!hasUnit.test(sentence)) continue;
    for (const duration of durationsIn(sentence)) {
      const label = labelIn(sentence, duration.start, duration.end) ?? labelByFinding(findings, start + duration.start, start + duration.end, byCategory);
      if (label) yield factAt(text, "term", label, start + duration.start, start + duration.end);
    }
  }
}

function labelIn(sentence: string, start: number, end: number): string | undefined {
  const before = sentence.slice(Math.max(0, start - 120), start).replace(/\s+/gu, " ");
  const after = sentence.slice(end, end + 120).replace(/\s+/gu, " ");
  const around = `${before} # ${after.slice(0, 30)}`;
  return rules.find((rule) => !rule.not?.test(around) && fits(rule, sentence, before, after))?.label;
}

function fits(rule: Rule, sentence: string, before: string, after: string): boolean {
  return (rule.sentence?.test(sentence) ?? true) && (rule.before?.test(before) ?? true) && (rule.after?.test(after) ?? true);
}
