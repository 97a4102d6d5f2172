import type { Seen } from "./rules";

/** Countries by what names them or their parts in a contract. Only those that are told apart with certainty. */
const countries: readonly { readonly name: string; readonly sign: RegExp }[] = [
  { name: "the United States", sign: /\b(?:United States|U\.S\.A?\.|USA|Delaware|New York|California|Texas|Ohio|Minnesota|Florida|Illinois|Massachusetts|New Jersey|Pennsylvania|Washington|Nevada|Colorado|Oregon|Virginia|Michigan|Utah|Arizona|Maryland|Connecticut|Missouri|Wisconsin|North Carolina|Tennessee|Indiana)\b/u },
  { name: "England", sign: /\b(?:England|United Kingdom|Wales|London)\b/u },
  { name: "Germany", sign: /\b(?:Germany|German|GmbH)\b/u },
  { name: "France", sign: /\b(?:France|French|Paris)\b/u },
  { name: "Switzerland", sign: /\b(?:Switzerland|Swiss|Zurich|Geneva)\b/u },
  { name: "Canada", sign: /\b(?:Canada|Canadian|Ontario|Quebec|British Columbia|Alberta)\b/u },
  { name: "China", sign: /\b(?:China|PRC|Chinese|Beijing|Shanghai)\b/u },
  { name: "Japan", sign: /\b(?:Japan|Japanese|Tokyo)\b/u },
  { name: "India", sign: /\b(?:India|Indian|Mumbai)\b/u },
  { name: "Israel", sign: /\b(?:Israel|Israeli)\b/u },
  { name: "Ireland", sign: /\b(?:Ireland|Irish|Dublin)\b/u },
  { name: "the Netherlands", sign: /\b(?:Netherlands|Dutch|Amsterdam)\b/u },
  { name: "Singapore", sign: /\bSingapore\b/u },
  { name: "Hong Kong", sign: /\bHong Kong\b/u },
  { name: "Russia", sign: /\bRussian?\b|Российск|РФ|(?:^|[^\p{L}])(?:ООО|ОАО|ЗАО|ПАО|АО|ИП)(?:[^\p{L}]|$)|г\.\s?Москва/u },
  { name: "Cyprus", sign: /\bCyprus\b|Кипр/u },
  { name: "Kazakhstan", sign: /\bKazakhstan\b|Казахстан/u },
];

/** A law of a country that no party comes from, where the countries of all parties are told. */
export function lawOutsideParties(passage: string, parties: readonly string[]): Seen | undefined {
  const laws = countriesIn(passage.slice(0, 400));
  const homes = parties.map(countriesIn);
  const [law] = laws;
  if (laws.length !== 1 || !law || homes.length < 2 || homes.some((home) => home.length === 0) || homes.flat().includes(law)) return undefined;
  return { what: "Law of another country", reason: `The law of ${law} governs, but the parties are of ${[...new Set(homes.flat())].join(" and ")}.`, severity: "warning" };
}

function countriesIn(words: string): string[] {
  return countries.filter(({ sign }) => sign.test(words)).map(({ name }) => name);
}
