import type { Fact } from "../../../protocol/documents";
import { factAt, type Reading } from "./place";

/** A pattern in which a space stands for any run of blanks. */
const spaced = (pattern: string, flags: string) => new RegExp(pattern.replace(/ /g, "\\s{1,16}"), flags);

const place = "(?:\\p{Lu}[\\p{L}'\u2019.-]+)(?:,? (?:of |OF |and (?:the )?)?(?:the |THE )?\\p{Lu}[\\p{L}'\u2019-]+(?:\\.(?=[A-Z]))?){0,5}";
const states = "(?:State|Commonwealth|Province|Republic|Kingdom|District|state|province|STATE|COMMONWEALTH|PROVINCE)";
const laws = `\\b(?:[Ll]aws?|LAWS?),?(?: (?:and (?:regulations|jurisdiction|courts)|in force|applicable|in effect))?(?: (?:in|of|OF))?`;
const english = [
  spaced(`${laws} (?:the |THE )?(${states} (?:of|OF) (?:the |THE )?${place})`, "u"),
  spaced(`${laws.slice(0, -1)} (?:the |THE )?(${place})`, "u"),
  spaced(`\\b(?:by|under|with) (?:the )?(?:substantive |internal |domestic )?(${place}) (?:[Ll]aws?)\\b`, "u"),
];
/** "The laws of the State of Delaware shall govern …" */
const lawsGovern = spaced(`^[^.]{0,80}${laws} (?:the )?((?:${states} of )?(?:the )?${place})[^.]{0,120}? (?:shall|will) (?:govern|control|apply)\\b`, "u");
const governs = /\b(?:govern(?:ed|ing|s)?|constru(?:ed|ction)|interpreted|interpretation)\b/iu;

const russian = /(?:законодательств\p{L}{1,3}|прав\p{L}{1,3}|закон\p{L}{2,3})\s+((?:Российской\s+Федерации|РФ|Республики\s+\p{Lu}\p{L}+|Кыргызской\s+Республики|\p{Lu}\p{L}+(?:\s\p{Lu}\p{L}+){0,2}))/u;
const russianGoverns = /регулир|применим|подчин|толку|урегулирован|руководств|не предусмотрен/iu;

const longestLabelled = 1_500;

/** The law that governs the contract, where a sentence says so. */
export function* governingLaw({ text, sentences }: Reading): Generator<Fact> {
  for (const { start, end } of sentences) {
    const sentence = text.slice(start, Math.min(end, start + longestLabelled)).replace(/\s/gu, " ");
    if (!/law|прав|закон/iu.test(sentence)) continue;
    const match = governs.test(sentence) ? english.map((pattern) => pattern.exec(afterGoverned(sentence))).find((m) => m) : undefined;
    const law = match ?? lawsGovern.exec(sentence) ?? (russianGoverns.test(sentence) ? russian.exec(sentence) : undefined);
    if (!law?.[1] || /^(?:Laws?|Applicable|Conflicts?|Article|Section|Contract|Agreement|Court|The|Part(?:y|ies)|Such|Any|International|Company|Bankruptcy|Securities|Patent|Delivery|United Nations)\b/u.test(law[1])) continue;
    const offset = law.index + law[0].indexOf(law[1]) + (match ? sentence.length - afterGoverned(sentence).length : 0);
    const value = law[1].replace(/(?:,? (?:Section|Article|The|Any|Each|Without|This|All|Venue|Exclusive|Jurisdiction)(?:\s.*)?|\.)$/u, "");
    yield factAt(text, "governingLaw", "Governing law", start + offset, start + offset + value.length);
  }
}

/** The law is named after the word that says what it does; "under the laws of" before it says where a party was founded. */
function afterGoverned(sentence: string): string {
  const match = /\b(?:govern(?:ed|s|ing)?|construed|interpreted|construction|interpretation)\b/iu.exec(sentence);
  return match ? sentence.slice(match.index) : sentence;
}
