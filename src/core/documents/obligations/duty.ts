/** Words that make a duty: those that forbid are told apart by a negation in them. */
export const modal =
  /(?<![\p{L}])(?:(?:shall|must|will|may)(?:\s+not|\s+in no event|\s+never)?|(?:hereby\s+)?(?:covenants?\s+and\s+)?(?:agrees?|undertakes?|covenants?)\s+(?:not\s+)?to|(?:is|are|be)\s+(?:obligated|obliged|required)\s+(?:not\s+)?to|(?:не\s+)?(?:обязу[ею]тся|обязан[аоы]?|должн[аоы]|должен)|не\s+(?:вправе|имеет\s+права|имеют\s+права|допускает))(?![\p{L}])/giu;

/** What sounds like a duty but says how to read the contract, gives a right or describes a state. */
const noDuty =
  /^(?:not\s+)?(?:mean\b|have\s+the\s+(?:right|option|meaning|sole|exclusive)|have\s+no\b|be\s+(?!responsible|solely\s+responsible|obligated|required|bound)|include\b|remain\b|survive\b|constitute\b|commence\b|continue\s+in\b|govern\b|control\b|apply\b|become\b|retain\b|own\b|receive\b|incur\b|entitle|result\b|have\s+been\b|have\b(?!\s+(?:in\s+place|available)))|^(?:ли\s|быть\s+(?:истолкован|признан)|означа)/iu;
/** Prohibitions may be passive in form. */
const noProhibition = /^be\s+(?:construed|deemed|liable|responsible|obligated|required|obliged|considered|entitled|interpreted|relieved|limited|affected)|^(?:affect|constitute|limit|relieve|apply|mean|exceed|include|prevent|preclude|operate|have|give|create|waive)\b/iu;

/** Whether the words after a modal are a duty to do, or not to do, something. */
export function isDuty(words: string, modalWords: string): boolean {
  if (!/^(?!(?:and|or|but)\b)\p{L}{2}/u.test(words)) return false;
  if (isProhibition(modalWords)) return !noProhibition.test(words);
  return !/^may\b/i.test(modalWords) && !noDuty.test(words.replace(/^(?:(?:also|\w+ly|at all times),?\s+)+/iu, ""));
}

export function isProhibition(modalWords: string): boolean {
  return /\b(?:not|never|no)\b|(?<!\p{L})не(?!\p{L})/iu.test(modalWords);
}

const duration = "(?:\\S+\\s+){1,5}?(?:\\(s\\)|days?|weeks?|months?|quarters?|years?|hours?)(?![a-z])['\u2019]?";
const deadlines: readonly RegExp[] = [
  new RegExp(`\\b(?:within|not? later than|no more than|at least|not less than)\\s+${duration}(?:\\s+(?:after|of|from|following|prior to|before|in advance|notice|written notice)(?:(?!\\s(?:and|or|shall|must)\\s)[^,.;()]){0,60})?`, "iu"),
  /\b(?:no later than|not later than|on or before|by no later than|prior to|before)\s+(?=the\s|each\s|\d|[A-Z])(?:(?!\s(?:and|or|shall)\s)[^,.;]){3,60}/u,
  new RegExp(`\\b(?:for|during)\\s+(?:a|the|an)\\s+(?:additional\\s+)?period\\s+of\\s+${duration}(?:\\s+(?:after|from|following|thereafter)(?:(?!\\s(?:and|or|shall)\\s)[^,.;]){0,60})?`, "iu"),
  new RegExp(`\\b[Dd]uring\\s+the\\s+[Tt]erm(?:\\s+(?:hereof|of\\s+this\\s+Agreement))?(?:\\s+and\\s+for\\s+${duration}\\s+thereafter)?`, "u"),
  /\b(?:once|twice|(?:at least\s)?\w+\stimes)\s+(?:in\s+)?(?:each|every|per|a)\s+(?:calendar\s+)?(?:day|week|month|quarter|year)\b|\b(?:on an? )?(?:annual(?:ly)?|monthly|quarterly|weekly|daily)(?: basis)?\b(?!\s+(?:fee|report|sales|payment|minimum|statement|net|gross|meeting|royalt))|(?<!\bfor\s)\b(?:each|every)\s+(?:calendar\s+|contract\s+)?(?:day|week|month|quarter|year)\b/iu,
  /(?:в\s+течение|не\s+позднее(?:,?\s+чем)?(?:\s+за)?|не\s+реже(?:\s+чем)?|в\s+срок\s+(?:до|не\s+позднее)|до)\s+(?=[«"]?\d|одного|двух|тр[её]х|пяти|срока|раза|\S+\s+(?:рабоч|календарн|банковск))(?:[^,.;()]|\([^()]{0,40}\)){2,80}/iu,
  /(?:ежемесячно|ежеквартально|ежегодно|еженедельно|ежедневно|один\s+раз\s+в\s+\p{L}+|незамедлительно|немедленно)/iu,
  /\b(?:immediately|promptly|forthwith|without delay)(?:\s+(?:upon|after|following)\s+(?:(?!\s(?:and|or|shall)\s)[^,.;]){3,60})?/iu,
];

/** By when, how long or how often, in the words of the passage; undefined where it does not say. */
export function whenIn(passage: string): string | undefined {
  for (const deadline of deadlines) {
    const found = deadline.exec(passage)?.[0];
    if (found) return found.replace(/\s+/gu, " ").trim();
  }
  return undefined;
}
