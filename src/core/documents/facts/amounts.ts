import type { Fact } from "../../../protocol/documents";
import { asLabel, factAt, labelByFinding, type Reading } from "./place";

const figure = "\\d{1,3}(?:[,\\u00a0 ]\\d{3})+(?:\\.\\d{1,2})?|\\d{1,12}(?:\\.\\d{1,4})?";
const scale = "(?:\\s(?:thousand|million|billion|trillion)(?![a-z]))?";
const money = new RegExp(
  [
    `(?:US\\s?|CAD\\s?|C|A|AU|HK)?[$€£¥]\\s{0,2}(?:\\d{1,3}(?:,\\d{3})+(?:\\.\\d{1,2})?|\\d{1,12}(?:\\.\\d{1,4})?)${scale}`,
    `(?<![\\p{L}])(?:USD|EUR|GBP|CHF|RMB|CNY|JPY|CAD|RUB)\\s{0,2}(?:\\d{1,3}(?:,\\d{3})+(?:\\.\\d{1,2})?|\\d{1,12}(?:\\.\\d{1,4})?)${scale}`,
    `(?<![\\d.,$€£])(?:${figure})${scale}\\s(?:U\\.?S\\.? )?(?:dollars|euros?|pounds sterling|USD|EUR|GBP|RMB)(?![\\p{L}])`,
    `(?<![\\d.,])(?:${figure})(?:\\s(?:тыс|млн|млрд)\\.?)?(?:\\s{1,2}\\([^()\\n]{3,120}\\))?\\s(?:рубл\\p{L}{1,3}|руб\\.?|долл\\p{L}*|евро)(?![\\p{L}])(?:\\s\\d{2}\\s(?:копе\\p{L}+|коп\\.?))?`,
  ].join("|"),
  "giu",
);

const byCategory = {
  "Cap On Liability": "Cap on liability",
  "Liquidated Damages": "Liquidated damages",
  "Minimum Commitment": "Minimum purchase",
  "Revenue/Profit Sharing": "Revenue share",
  Insurance: "Insurance",
};

/** What the sentence before the amount says it is, the weightiest first. */
const bySentence: readonly (readonly [RegExp, string])[] = [
  [/\binsurance\b|\bper occurrence\b|\baggregate\b.*\b(?:cover|limit)/i, "Insurance"],
  [/\bliab(?:le|ility)\b.*\b(?:exceed|limit|in excess)|\b(?:exceed|limit).*\bliab(?:le|ility)\b/i, "Cap on liability"],
  [/ответственност.*(?:не превы|огранич|предел)|(?:не превы|огранич).*ответственност/iu, "Cap on liability"],
  [/\bliquidated damages\b/i, "Liquidated damages"],
  [/неустойк|штраф|пен[яию](?!\p{L})/iu, "Penalty"],
  [/\bminimum (?:purchase|order|commitment|guarantee|royalt)/i, "Minimum purchase"],
  [/цен[аыу] (?:настоящего )?договора|стоимост\p{L}* (?:настоящего )?договора|общ\p{L}* (?:сумм|стоимост)/iu, "Contract price"],
  [/минимальн/iu, "Minimum purchase"],
  [/предоплат|аванс/iu, "Advance payment"],
];

const noun =
  /\b((?:(?!(?:the|a|an|of|and|or|any|such|all|its|his|for|to|in|by|pay|this|that|each|with|as|said|other|additional|will|shall|be|is)\b)[\p{L}-]{2,18}\s){0,2}(?:fees?|price|royalt(?:y|ies)|deposit|penalty|rent|salary|compensation|commission|retainer|contribution|loan|bonus|investment|budget|guarantee|premium|payment))\b[^.;$€£]{0,90}$/iu;

/** More amounts than this in one sentence are a table. */
const mostAmounts = 8;

/** Amounts of money that the sentence, or the finding they stand in, says the purpose of; others are left out. */
export function* amounts({ text, sentences, findings }: Reading): Generator<Fact> {
  for (const { start, end } of sentences) {
    const sentence = text.slice(start, end);
    if (!/\d/.test(sentence)) continue;
    for (const { index, 0: words } of [...sentence.matchAll(money)].slice(0, mostAmounts)) {
      const label = labelIn(sentence, index, index + words.length) ?? labelByFinding(findings, start + index, start + index + words.length, byCategory);
      if (label) yield factAt(text, "amount", label, start + index, start + index + words.length);
    }
  }
}

function labelIn(sentence: string, start: number, end: number): string | undefined {
  const before = sentence.slice(Math.max(0, start - 400), start).replace(/\s+/gu, " ");
  const around = `${before} # ${sentence.slice(end, end + 60)}`;
  const said = bySentence.find(([pattern]) => pattern.test(around))?.[1];
  const named = noun.exec(before)?.[1];
  if (said ?? named) return said ?? asLabel(named ?? "");
  return /\b(?:pay|pays|paid|payable|sum of)\b[^.;]{0,80}$/i.test(before) ? "Payment" : undefined;
}
