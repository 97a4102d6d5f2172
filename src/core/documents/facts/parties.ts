import type { Fact } from "../../../protocol/documents";
import { factAt, type Reading } from "./place";
import { russianParties } from "./russianParties";

/** The parties are named on the first pages, UTF-16 units. */
const firstPages = 12_000;
/** The longest list of parties that is read, and the longest description of one of them. */
const longestList = 4_000;
const longestParty = 900;

/** The parties of a contract, with the roles that it gives them as labels ("Supplier"), else "Party". */
export function parties({ text }: Pick<Reading, "text">): Fact[] {
  const opening = text.slice(0, firstPages);
  const found = [russianParties(opening), ...lists(opening), byLetter(opening)];
  const withRoles = found.find((list) => list.length > 1 && list.every(({ label }) => label !== "Party"));
  return withRoles ?? found.find((list) => list.length > 1) ?? found.find((list) => list.length > 0) ?? [];
}

/** What a contract defines beside its parties. */
const noRole = /^(?:the |this |an? )*(?:[\w-]+ )*(?:agreement|contract|amendment|date|part(?:y|ies)|term|products?|services?|territory|affiliates?|shares|closing|business|software|program|plan|act|property|transactions?|stock|securities|common stock|project|period|offering|merger|guaranty|note|price|session|amount|gross|net|fees?|territories|exhibits?|schedules?|website|site|technology|marks?)$/iu;

/** `(the "Supplier")`, `(hereinafter referred to as "Licensor")`, `hereinafter "Buyer"`. */
const definition =
  /(?:\(\s{0,3}(?:[\w,;/]{1,14}\s{1,3}){0,12}|\b(?:hereinafter|hereafter|herein)\s{1,8}(?:[\w,]{1,12}\s{1,8}){0,5})["\u201c'\u2018]{1,2}\s?([^"\u201c\u201d\u2018()]{2,60}?)[,.;]?\s?["\u201d'\u2019]{1,2}(?:[^()]{0,120}\))?/gu;

function* lists(opening: string): Generator<Fact[]> {
  for (const { index, 0: words } of opening.matchAll(/\b(?:by and (?:between|among)|between|among|BETWEEN|AMONG|BY AND (?:BETWEEN|AMONG)|Between|entered into by|made by)\b/g)) {
    yield listAt(opening, index + words.length);
  }
  yield confirmed(opening);
}

/** The parties of a list that begins at `from`: each is a name, then a description, then its role. */
function listAt(opening: string, from: number): Fact[] {
  const stop = /\b(?:WHEREAS|Whereas|RECITALS|Recitals|WITNESSETH|W I T N E S S E T H|BACKGROUND|NOW,? THEREFORE)\b/.exec(opening.slice(from, from + longestList));
  const list = opening.slice(from, from + (stop?.index ?? longestList));
  const found: Fact[] = [];
  let start = 0;
  for (const { index, 0: words, 1: role = "" } of list.matchAll(definition)) {
    if (index < start) continue;
    const roleName = role.replace(/\s+/gu, " ").trim();
    const isCollective = /\b(?:collectively|together|each|individually|parties)\b/i.test(words.slice(0, words.indexOf(role)));
    const name = index - start <= longestParty ? nameIn(list, start, index) : undefined;
    if (!isCollective && !noRole.test(roleName) && name) found.push(factAt(opening, "party", roleName, from + name.start, from + name.end));
    else if (found.length > 1 || (found.length === 0 && !name)) break;
    start = index + words.length;
  }
  return found.length > 0 ? found : namesAlone(opening, list.slice(0, 400), from);
}

const form =
  "(?:Inc|INC|Incorporated|INCORPORATED|Corp|CORP|Corporation|CORPORATION|Company|COMPANY|Co|CO|LLC|L\\.L\\.C|LLP|L\\.L\\.P|LP|L\\.P|Ltd|LTD|Limited|LIMITED|GmbH|GMBH|AG|S\\.A|SA|N\\.V|NV|B\\.V|BV|PLC|plc|Bank|BANK|Trust|TRUST|S\\.p\\.A|S\\.A\\.R\\.L|Pty|N\\.A)";
/** A name that ends in the form of a company, perhaps two ("Co., Ltd."). */
const company = new RegExp(`^\\p{Ll}?[\\p{Lu}\\d][^;()"\\u201c\\u201d]{0,110}?[\\s,]${form}(?![\\p{L}\\d-])\\.?(?:(?:,? ?|\\s)${form}(?![\\p{L}\\d-])\\.?)?`, "u");
/** A name of one to seven words that begin with capitals. */
const otherName = /^(?:The |the )?(?:\p{Ll}?\p{Lu}[\p{L}\d'\u2019.&_-]*|\d\p{L}+)(?:,? ?(?:\s(?:of|and|the|de|van|von|&)\s)?\s?(?:\p{Lu}[\p{L}\d'\u2019.&_-]*)){0,7}/u;
const noName = /^(?:the |this )?(?:parties|party|following|undersigned|agreement|date|effective|exhibit|section|article|hereinafter|address|table|it|each|such|whereas|in|january|february|march|april|may|june|july|august|september|october|november|december)\b/iu;

/** The name at the beginning of a description, after "and", a comma or a number. */
function nameIn(list: string, start: number, end: number): { start: number; end: number } | undefined {
  const lead = /^(?:[\s,;:.*_-]|\((?:\d|[a-zA-Z]|[ivx]{1,4})\)|\d[.)]|(?:and|And|AND|by|between|among|BETWEEN|AMONG|on the one hand|on the other hand|on the other)(?![\p{L}\d]))*/u.exec(list.slice(start, end))?.[0].length ?? 0;
  const words = list.slice(start + lead, end);
  const name = company.exec(words)?.[0] ?? (start === 0 || /(?:and|AND|[,;:)])\s*$/.test(list.slice(0, start + lead)) ? otherName.exec(words)?.[0] : undefined);
  if (!name || name.trim().length < 3 || noName.test(name) || /\p{Ll}{4,}\.\s/u.test(name)) return undefined;
  return { start: start + lead, end: start + lead + name.replace(/(?<!\b(?:Inc|INC|Corp|CORP|Co|CO|Ltd|LTD|[A-Z]))\.$/, "").replace(/,\s*$/, "").length };
}

/** "between Alpha, Inc. and Beta LLC": names without roles must tell by their form that they are companies. */
function namesAlone(opening: string, list: string, from: number): Fact[] {
  const first = nameIn(list, 0, list.length);
  if (!first || !company.test(list.slice(first.start, first.end))) return [];
  const and = /^[^;]{0,200}?\b(?:and|AND)\b/u.exec(list.slice(first.end));
  const second = and ? nameIn(list, first.end + and[0].length, list.length) : undefined;
  if (!second || !company.test(list.slice(second.start, second.end))) return [];
  return [first, second].map(({ start, end }) => factAt(opening, "party", "Party", from + start, from + end));
}

/** A letter agreement: the sentence after its address names the parties. */
function confirmed(opening: string): Fact[] {
  const greeting = /(?:Ladies and Gentlemen|Gentlemen|Dear [^:\n]{2,40}):\s*/.exec(opening);
  return greeting ? listAt(opening, greeting.index + greeting[0].length) : [];
}

/** "Party A: Example Co., Ltd." */
function byLetter(opening: string): Fact[] {
  const found: Fact[] = [];
  for (const { index, 0: words, 1: role = "" } of opening.matchAll(/\b(Party [A-D])\s{0,3}[:\uff1a]\s{0,12}/g)) {
    const start = index + words.length;
    const name = company.exec(opening.slice(start, start + 140))?.[0];
    if (name && found.every(({ label }) => label !== role)) found.push(factAt(opening, "party", role, start, start + name.length));
  }
  return found;
}
