import type { MissingClause } from "../../protocol/panels";
import { contractShares } from "./contractShares";
import { kindByTitle } from "./contractTitles";
import { looksLikeContract } from "./looksLikeContract";
import { clauseCategories } from "./taxonomy";

export { looksLikeContract } from "./looksLikeContract";

/** What kind of contract a text is, and what such contracts have (CUAD v1 of The Atticus Project, CC BY 4.0). */
export interface ContractKind {
  /** e.g. "Supply Agreement"; "Commercial contract" where the title says none of the kinds that were counted. */
  readonly name: string;
  /** Contracts that the shares were counted over. */
  readonly contracts: number;
  /** Per category the share of these contracts that have it, 0 to 1. */
  readonly shares: Readonly<Record<string, number>>;
}

/** A category that at least this share of contracts has is missed where it is not found. */
export const usualShare = 0.5;

const anyContract = "Commercial contract";
/** Where a contract says what it is, UTF-16 units. */
const opening = 1_500;

/** The kind by the title and the first 1,500 characters; undefined for a text that is no contract. */
export function kindOf(text: string): ContractKind | undefined {
  if (!looksLikeContract(text)) return undefined;
  const kind = titles(text).map(kindByTitle).find((name) => name !== undefined && name in contractShares);
  return byName(kind ?? anyContract);
}

/**
 * Categories that at least half of the contracts of a kind have and that were not found, the most usual first. Only those
 * whose absence is told in the taxonomy count: nobody misses a non-compete.
 */
export function missingClauses(kind: ContractKind, found: readonly string[]): MissingClause[] {
  return clauseCategories
    .flatMap(({ name, absence }) => (absence && !found.includes(name) ? [{ category: name, severity: absence.severity, share: kind.shares[name] ?? 0, why: absence.why }] : []))
    .filter(({ share }) => share >= usualShare)
    .sort((a, b) => b.share - a.share);
}

function byName(name: string): ContractKind | undefined {
  const row = contractShares[name];
  if (!row) return undefined;
  const [contracts, shares] = row;
  return { name, contracts, shares: Object.fromEntries(clauseCategories.map((category, i) => [category.name, shares[i] ?? 0])) };
}

/** What stands before "agreement" or after «договор», first in the opening first. */
function titles(text: string): string[] {
  const words = text.slice(0, opening).replace(/\s+/gu, " ");
  const named = /((?:(?:\p{Lu}[\p{L}&/()'\u2019-]{0,24},?|and|of|for|&) ){1,9})(?:AGREEMENT|Agreement|CONTRACT|Contract)(?![\p{L}])|(?<!\p{L})(?:[Дд]оговор|ДОГОВОР|[Сс]оглашение|СОГЛАШЕНИЕ)\p{L}{0,2}((?: [\p{L}-]{1,24}){1,4})|((?:[\p{L}-]{4,24} ){1,2})(?:договор|ДОГОВОР)(?!\p{L})/gu;
  return [...words.matchAll(named)].map((match) => match.slice(1).find((part) => part !== undefined) ?? "");
}
