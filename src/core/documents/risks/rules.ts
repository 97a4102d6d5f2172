import type { Severity } from "../../../protocol/documents";
import { durationsIn, type Duration } from "../facts/durations";
import { lawOutsideParties } from "./countries";

/** What a rule saw in a passage: a sharper name, a sentence with the number or words seen, and how grave it is. */
export interface Seen {
  readonly what: string;
  readonly reason: string;
  readonly severity: Severity;
}

/** By category. A passage has single blanks; `parties` are the names of the parties with what follows them. Undefined: nothing unusual seen. */
type Rule = (passage: string, parties: readonly string[]) => Seen | undefined;

/** Days; what is shorter or longer is told. */
const shortNotice = 30;
const longNotice = 120;
const longRenewal = 365;
const longCompetition = 2 * 365;
const longSolicitation = 2 * 365;
/** Percent of a price per day or per breach. */
const highDamages = 1;

export const riskRules: Readonly<Record<string, Rule>> = {
  "Termination For Convenience": (passage) => {
    const notice = longest(durationsIn(passage).filter(isNotice(passage)));
    if (/\b(?:immediate(?:ly)?|without (?:prior |advance )?notice)\b|немедленно|без уведомления/iu.test(passage) && !notice) return { what: "Termination without notice", reason: "The contract can be ended at once, without a period of notice.", severity: "error" };
    if (notice?.days === undefined || notice.days >= shortNotice) return undefined;
    return { what: "Short notice of termination", reason: `The contract can be ended on ${quoted(passage, notice)} notice, less than ${shortNotice} days.`, severity: "error" };
  },
  "Renewal Term": (passage) => {
    if (!/automatic|successive|unless\b|automatisch|автоматич|продл\p{L}+ на|пролонг/iu.test(passage)) return undefined;
    const term = longest(durationsIn(passage).filter(isRenewal(passage)));
    if (term?.days === undefined || term.days < longRenewal) return undefined;
    return { what: "Long automatic renewal", reason: `The contract renews itself for ${quoted(passage, term)} at a time.`, severity: "warning" };
  },
  "Notice Period To Terminate Renewal": (passage) => {
    const notice = longest(durationsIn(passage).filter(isNotice(passage)));
    if (notice?.days === undefined || notice.days < longNotice) return undefined;
    return { what: "Early notice against renewal", reason: `Notice against a renewal must be given ${quoted(passage, notice)} before the end.`, severity: "warning" };
  },
  "Uncapped Liability": (passage) => {
    const unlimited = /\b(?:unlimited|without limit(?:ation)?|not be (?:limited|capped)|no limit)\b|неограничен\p{L}*|без ограничени\p{L}|в полном объ[её]ме/iu.exec(passage)?.[0];
    if (!unlimited) return undefined;
    const whose = oneSided(passage, "liabilit");
    return { what: whose ? `Unlimited liability of ${whose} alone` : "Unlimited liability", reason: whose ? `The liability of ${whose} is "${unlimited}"; the passage says nothing of the other party's.` : `The passage says that liability is "${unlimited}".`, severity: "error" };
  },
  "Cap On Liability": (passage) => {
    const whose = oneSided(passage, "liabilit");
    if (!whose || /\b(?:either|each|neither|both) part(?:y|ies)\b|сторон/iu.test(passage)) return undefined;
    return { what: "One-sided cap on liability", reason: `Only the liability of ${whose} is limited here.`, severity: "warning" };
  },
  "Liquidated Damages": (passage) => {
    const rate = /(\d{1,3}(?:[.,]\d{1,3})?)\s?(?:\([^()]{1,40}\)\s?)?(?:%|percent|процент\p{L}*)/iu.exec(passage);
    const daily = /\b(?:each|every|per|for any) (?:calendar |business |working )?(?:day|week)\b|\bdaily\b|за кажд\p{L}{2} (?:\p{L}+ )?(?:день|недел\p{L})/iu.test(passage);
    const percent = Number((rate?.[1] ?? "0").replace(",", "."));
    if (rate && daily && percent >= highDamages) return { what: "High liquidated damages", reason: `${rate[0]} is due for each day or week, so a month of delay costs up to ${Number((30 * percent).toFixed(1))} % by the day.`, severity: "error" };
    if (rate && percent > 10) return { what: "High liquidated damages", reason: `${rate[0]} is due as a fixed sum.`, severity: "error" };
    return undefined;
  },
  Exclusivity: (passage) => {
    const all = /\b(?:all of (?:its|their)|exclusively (?:from|with|by|through)|sole and exclusive|solely from|only from|shall not (?:purchase|buy|deal|sell|appoint|engage))\b|исключительно|только у/iu.exec(passage)?.[0];
    return all ? { what: "Exclusive dealing", reason: `The passage says "${all}".`, severity: "warning" } : undefined;
  },
  "Non-Compete": (passage) => {
    const term = longest(durationsIn(passage));
    if (term?.days === undefined || term.days <= longCompetition) return undefined;
    return { what: "Long non-compete", reason: `It lasts ${quoted(passage, term)}, longer than two years.`, severity: "error" };
  },
  "No-Solicit Of Employees": (passage) => {
    const term = longest(durationsIn(passage));
    if (term?.days === undefined || term.days <= longSolicitation) return undefined;
    return { what: "Long ban on hiring", reason: `It lasts ${quoted(passage, term)}, longer than two years.`, severity: "warning" };
  },
  "Anti-Assignment": (passage) => {
    const discretion = /\b(?:sole|absolute|unfettered) (?:and absolute )?discretion\b|по своему усмотрению/iu.exec(passage)?.[0];
    return discretion ? { what: "Consent at discretion", reason: `Consent to an assignment may be withheld in "${discretion}".`, severity: "warning" } : undefined;
  },
  "Change Of Control": (passage) => {
    const ends = /\b(?:immediately terminate|terminate[^.]{0,60}\bimmediately|automatically terminate)/iu.exec(passage)?.[0];
    return ends ? { what: "Contract ends with a sale", reason: `The passage says "${ends}".`, severity: "warning" } : undefined;
  },
  "Irrevocable Or Perpetual License": (passage) => {
    const forever = [...passage.matchAll(/\b(?:irrevocable|perpetual)\b|безотзывн\p{L}+|бессрочн\p{L}+/giu)].map(([word]) => word.toLowerCase());
    return forever.length > 0 ? { what: "Licence that cannot be taken back", reason: `The licence is ${[...new Set(forever)].join(" and ")}.`, severity: "error" } : undefined;
  },
  "Minimum Commitment": (passage) => {
    const least = /(?:[$€£]\s?\d[\d,.]*|\d{1,3}(?:[,\u00a0 ]\d{3})+)(?:\)?\s(?!\d)[\p{L}]{3,20})?/u.exec(passage)?.[0];
    return least ? { what: "Minimum commitment", reason: `The least amount is ${least.replace(")", "")}.`, severity: "warning" } : undefined;
  },
  "Governing Law": lawOutsideParties,
};

/** The party that a liability is of, where only one is named: "Supplier's liability", "liability of Supplier". */
function oneSided(passage: string, stem: string): string | undefined {
  const owners = [...passage.matchAll(new RegExp(`\\b(\\p{Lu}[\\p{L}]{2,30})['\u2019]s?\\s+(?:\\p{L}+\\s){0,2}${stem}|${stem}\\p{L}*\\s+of\\s+(?:the\\s+)?(\\p{Lu}\\p{L}{2,30})|[Оо]тветственность\\s+(\\p{Lu}\\p{L}{3,30})`, "giu"))];
  const names = new Set(owners.map((match) => match[1] ?? match[2] ?? match[3] ?? "").map((name) => (/^\p{Lu}+$/u.test(name) ? name.charAt(0) + name.slice(1).toLowerCase() : name)).filter((name) => /^\p{Lu}/u.test(name) && !/^(?:each|either|neither|party|сторон)/iu.test(name)));
  const [only] = names;
  return names.size === 1 ? only : undefined;
}

function isNotice(passage: string): (duration: Duration) => boolean {
  return ({ start, end }) => /notice|уведом|предупре|before|prior/iu.test(passage.slice(end, end + 40)) || /notice|уведом|предупре|не позднее|за\s*$/iu.test(passage.slice(Math.max(0, start - 50), start));
}

function isRenewal(passage: string): (duration: Duration) => boolean {
  return ({ start, end }) => !/^['\u2019]?\s*(?:\p{L}+\s){0,3}(?:notice|before|prior)/iu.test(passage.slice(end, end + 40)) && /renew|extend|successive|additional|term|period|продл|пролонг|срок|на\s*$/iu.test(passage.slice(Math.max(0, start - 80), start));
}

function longest(durations: readonly Duration[]): Duration | undefined {
  return durations.reduce<Duration | undefined>((best, duration) => ((duration.days ?? 0) > (best?.days ?? 0) ? duration : best), undefined);
}

function quoted(passage: string, { start, end }: Duration): string {
  return passage.slice(start, end);
}
