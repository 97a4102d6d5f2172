/** Kinds of contracts that are told apart by their titles; the first that fits counts, so special ones come first. */
export const contractTitles: readonly { readonly name: string; readonly title: RegExp }[] = [
  { name: "Joint Filing Agreement", title: /joint filing/i },
  { name: "Franchise Agreement", title: /franchis|франчайзинг|коммерческой концессии/iu },
  { name: "Joint Venture Agreement", title: /joint[ -]?venture|совместной деятельности|простого товарищества/iu },
  { name: "Strategic Alliance Agreement", title: /strategic[ -]alliance|\balliance\b/i },
  { name: "Co-Branding Agreement", title: /co-?branding/i },
  { name: "Endorsement Agreement", title: /endorsement/i },
  { name: "Sponsorship Agreement", title: /sponsor|спонсор/iu },
  { name: "Affiliate Agreement", title: /affiliate/i },
  { name: "Outsourcing Agreement", title: /out-?sourcing|аутсорсинг/iu },
  { name: "Transportation Agreement", title: /transport|freight|shipping|carriage|перевоз|экспедиц/iu },
  { name: "Hosting Agreement", title: /hosting|хостинг/iu },
  { name: "Maintenance Agreement", title: /maintenance|technical support|обслуживани|сопровождени/iu },
  { name: "Reseller Agreement", title: /re-?seller|value[ -]added/i },
  { name: "Distribution Agreement", title: /distribut|дистриб[ью]/iu },
  { name: "Manufacturing Agreement", title: /manufactur/i },
  { name: "Supply Agreement", title: /\bsuppl(?:y|ier)\b|\bpurchas|\bsales? (?:agreement|contract)|поставк|купли-продажи/iu },
  { name: "Agency Agreement", title: /\bagen(?:cy|t)\b|агентск|поручени|комисси/iu },
  { name: "Consulting Agreement", title: /consult|консульт/iu },
  { name: "Collaboration Agreement", title: /collaborat|co-?operation|сотрудничеств/iu },
  { name: "Promotion Agreement", title: /promotion/i },
  { name: "Marketing Agreement", title: /market|advertis|рекламн|маркетинг/iu },
  { name: "Development Agreement", title: /development|разработк/iu },
  { name: "Intellectual Property Agreement", title: /intellectual property|отчуждени[ия] (?:исключительн|прав)/iu },
  { name: "License Agreement", title: /licen[cs]|лицензи/iu },
  { name: "Services Agreement", title: /\bservic|услуг|подряд/iu },
];

/** The name of the kind that a title says; undefined where it says none of them. */
export function kindByTitle(title: string): string | undefined {
  return contractTitles.find((kind) => kind.title.test(title))?.name;
}
