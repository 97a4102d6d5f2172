import type { Fact } from "../../../protocol/documents";
import { factAt } from "./place";

const form =
  "(?:Общество с ограниченной ответственностью|(?:Публичное |Закрытое |Открытое |Непубличное )?[Аа]кционерное общество|Индивидуальный предприниматель|Гражданин(?:ка)?(?: РФ| Российской Федерации)?|ФГУП|ГУП|МУП|ООО|ОАО|ЗАО|ПАО|АО|НАО|ИП)";
const quoted = "[«\"\u201c\u201e][^«»\"\u201c\u201d\\n]{1,90}(?:«[^»\\n]{1,60}»)?[»\"\u201d]{1,2}";
const person = "\\p{Lu}[\\p{L}-]+(?:\\s\\p{Lu}[\\p{L}.-]*){1,3}";
const name = new RegExp(`(?<![\\p{L}])${form}\\s{1,3}(?:${quoted}|${person})`, "gu");
const role = /(?:именуем\p{L}{2,3}|далее)\s*(?:в дальнейшем\s*)?(?:как\s*)?(?:по тексту\s*)?[-\u2013\u2014:]?\s*[«"\u201c\u201e]([^«»"\u201c\u201d\n]{2,40})[»"\u201d]/giu;

/** Parties of a Russian contract: «ООО «Ромашка», именуемое в дальнейшем «Поставщик»». The name is the first one since the last role. */
export function russianParties(opening: string): Fact[] {
  const found: Fact[] = [];
  let from = 0;
  for (const { index, 0: words, 1: label = "" } of opening.matchAll(role)) {
    const before = Math.max(from, index - 700);
    const [first] = opening.slice(before, index).matchAll(name);
    from = index + words.length;
    if (!first || /^(?:Стороны|Договор|Товар|Услуги|Работы|Продукция)$/iu.test(label)) continue;
    found.push(factAt(opening, "party", label, before + first.index, before + first.index + first[0].length));
  }
  return found;
}
