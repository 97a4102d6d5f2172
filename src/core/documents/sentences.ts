import { segmentDocument, type Segment } from "./segments";

/** A sentence of a text, `[start, end)` in UTF-16 units, without blanks at its ends. */
export type Sentence = Segment;

/** The end of a sentence: a mark, perhaps closing marks, a blank, and something that can begin the next one. */
const sentenceEnd = /[.!?](?:["')\]\u2019\u201d\u00bb]{1,2})?\s{1,40}(?=["'(\[\u201c\u2018\u00ab]{0,2}[\p{Lu}\d]|\(?[a-z][.)]\s{1,8}\p{Lu})/gu;

/** Words whose full stop ends no sentence. */
const abbreviation =
  /(?:^|[\s("\u201c\u00ab])(?:\p{L}|\d{1,3}(?:\.\d{1,3}){0,5}|(?:\p{L}\.)+\p{L}|inc|corp|co|ltd|llc|l\.l\.c|no|nos|sec|art|vs|mr|mrs|ms|dr|st|ave|e\.g|i\.e|etc|approx|attn|dept|jr|sr|vol|p|pp|рис|руб|коп|ст|п|пп|г|гг|ул|д|стр|им|тыс|млн|млрд|напр|др|пр|ч|абз|обл|наб|пер|оф|корп|кв)$/iu;

/** The sentences of a text, in order. A heading or clause number before a sentence is a sentence of its own. Linear in the text's length. */
export function sentencesOf(text: string): Sentence[] {
  return segmentDocument(text).flatMap((segment) => cut(text, segment));
}

function cut(text: string, { start, end }: Segment): Sentence[] {
  const passage = text.slice(start, end);
  const sentences: Sentence[] = [];
  let from = 0;
  for (const match of passage.matchAll(sentenceEnd)) {
    if (passage[match.index] === "." && abbreviation.test(passage.slice(Math.max(from, match.index - 12), match.index))) continue;
    sentences.push({ start: start + from, end: start + match.index + match[0].trimEnd().length });
    from = match.index + match[0].length;
  }
  if (from < passage.length) sentences.push({ start: start + from, end });
  return sentences;
}
