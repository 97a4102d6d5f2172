/** Where a contract says that it is one, UTF-16 units. */
const opening = 4_000;
/** How much of the rest is looked at. */
const sample = 60_000;

/** What contracts say and other texts hardly do, in English and Russian. Each counts once. */
const signsInOpening: readonly RegExp[] = [
  /\b(?:agreement|contract|lease|memorandum of understanding|terms (?:of|and conditions))\b|(?<!\p{L})(?:договор|соглашени|контракт)/iu,
  /\b(?:by and between|by and among|between|among)\b[\s\S]{0,600}?\b(?:and|part(?:y|ies))\b|именуем\p{L}{2,3}/iu,
  /\((?:the |this |each,? |collectively,? |hereinafter )?["\u201c'][^"\u201d\n]{2,60}["\u201d']/iu,
  /\b(?:whereas|witnesseth|recitals|now,? therefore|hereby agree|agree as follows|hereinafter|undersigned)\b|заключили настоящ|о нижеследующем/iu,
];
const signsInText: readonly RegExp[] = [
  /\b(?:this|the) (?:[\p{L}-]+ ){0,3}(?:agreement|contract)\b|настоящ\p{L}{2,3} (?:договор|соглашени|контракт)/iu,
  /\b(?:hereunder|hereto|hereof|herein|thereof)\b|(?<!\p{L})сторон[аыу]?(?!\p{L})/iu,
  /\b(?:govern(?:ed|ing) (?:by|law)|in witness whereof|entire agreement|successors and assigns)\b|законодательств\p{L} Российской|реквизиты|разрешение споров/iu,
];

/** Duties and rights per 1,000 words that even a contract with few of them has. */
const fewDuties = 1;

/** Whether a text reads like a contract: at least four of the seven signs, and some duties. Looks at the beginning of long texts only. */
export function looksLikeContract(text: string): boolean {
  const first = text.slice(0, opening);
  const read = text.slice(0, sample);
  const signs = signsInOpening.filter((sign) => sign.test(first)).length + signsInText.filter((sign) => sign.test(read)).length;
  return signs >= 4 && dutiesPerThousandWords(read) >= fewDuties;
}

function dutiesPerThousandWords(text: string): number {
  const duties = text.match(/\b(?:shall|must|may not|agrees? to|is obligated to|undertakes? to)\b|(?<!\p{L})(?:обязу[её]тся|обязан\p{L}?|вправе|должн?\p{L}{1,2})(?!\p{L})/giu)?.length ?? 0;
  const words = text.match(/\p{L}+/gu)?.length ?? 0;
  return words === 0 ? 0 : (1_000 * duties) / words;
}
