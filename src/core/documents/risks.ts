import type { Finding, Risk, Severity } from "../../protocol/documents";
import { parties } from "./facts/parties";
import { riskRules } from "./risks/rules";
import { categoryByName } from "./taxonomy";

const weights: Readonly<Record<Severity, number>> = { error: 0, warning: 1, information: 2 };

/**
 * What deserves attention: every finding of a category whose severity is error or warning, with the taxonomy's reason. A
 * rule that reads the passage may say it sharper, with the number or words that it saw, and may raise the severity. One
 * risk per passage and category, the gravest first, then by place. Own categories are left to their findings.
 */
export function risksOf(text: string, findings: readonly Finding[]): Risk[] {
  const named = parties({ text }).map(({ quote, value }) => (quote.match === "none" ? value : value + (/^[^("\u201c]{0,300}/u.exec(text.slice(quote.end, quote.end + 300))?.[0] ?? "")));
  const risks = findings.flatMap((finding) => riskOf(text, finding, named));
  const seen = new Set<string>();
  return risks
    .filter(({ key }) => !seen.has(key) && seen.add(key))
    .sort((a, b) => weights[a.risk.severity] - weights[b.risk.severity] || a.start - b.start)
    .map(({ risk }) => risk);
}

function riskOf(text: string, { category, start, end }: Finding, parties: readonly string[]): { key: string; start: number; risk: Risk }[] {
  const taxonomy = categoryByName(category);
  if (!taxonomy) return [];
  const words = text.slice(start, end);
  const seen = riskRules[category]?.(words.replace(/\s+/gu, " "), parties);
  const severity = seen?.severity ?? taxonomy.severity;
  if (severity === "information") return [];
  const reason = seen ? `${seen.reason} ${taxonomy.why}` : taxonomy.why;
  return [{ key: `${category} ${start} ${end}`, start, risk: { what: seen?.what ?? category, reason, severity, quote: { text: words, match: "exact", start, end }, source: "patterns" } }];
}
