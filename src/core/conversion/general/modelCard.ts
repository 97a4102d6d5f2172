/** What the head of a README.md says: texts, and lists of texts. */
export type ModelCard = Readonly<Record<string, string | readonly string[]>>;

/** Characters of a README that are looked at; heads are far shorter. */
const mostCharacters = 200_000;

/**
 * The head of a model card: `key: value` and lists between two lines of ---. Of YAML only what model cards use for single values:
 * nested objects are passed over.
 */
export function modelCardOf(readme: string): ModelCard {
  const lines = readme.slice(0, mostCharacters).replace(/^﻿/, "").split(/\r?\n/);
  const end = lines.indexOf("---", 1);
  if (lines[0] !== "---" || end < 0) return {};
  const card = new Map<string, string | readonly string[]>();
  for (let line = 1; line < end; line++) {
    const [, key, rest] = /^([A-Za-z_][\w-]*):(?:\s+(.*))?$/.exec(lines[line]!) ?? [];
    if (key === undefined) continue;
    const value = (rest ?? "").trim();
    if (value === "") {
      const items: string[] = [];
      for (let item; line + 1 < end && (item = /^\s*-\s+(.+)$/.exec(lines[line + 1]!)); line++) items.push(scalar(item[1]!));
      if (items.length > 0) card.set(key, items.filter((each) => !/^[\w-]+:\s/.test(each)));
    } else if (value.startsWith("[")) {
      if (value.endsWith("]")) card.set(key, value.slice(1, -1).split(",").map(scalar).filter(Boolean));
    } else if (!/^[{&*!|>]/.test(value)) {
      card.set(key, scalar(value));
    }
  }
  return Object.fromEntries(card);
}

export function listIn(card: ModelCard, ...keys: readonly string[]): readonly string[] {
  return keys.flatMap((key) => card[key] ?? []);
}

export function textIn(card: ModelCard, ...keys: readonly string[]): string | undefined {
  const value = keys.map((key) => card[key]).find((each) => each !== undefined);
  return typeof value === "string" ? value : undefined;
}

/** Without quotes and comments. */
function scalar(text: string): string {
  const trimmed = text.trim();
  const quoted = /^(["'])(.*)\1$/.exec(trimmed);
  return quoted ? quoted[2]! : trimmed.replace(/\s+#.*$/, "");
}
