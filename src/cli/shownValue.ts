import type { ShownValue } from "../protocol/modelPanels";

/** A metadata value in one line. */
export function valueText(value: ShownValue): string {
  switch (value.kind) {
    case "text": return value.text;
    case "list": return `${value.length} ${value.element}: ${value.first.join(", ")}${value.first.length < value.length ? ", …" : ""}`;
    default: return String(value.value);
  }
}

/** A part of a text that fits on a line, from `start` on, with nothing that a terminal obeys. */
export function excerpt(text: string, characters: number, start = 0): string {
  const part = text.slice(start, start + characters).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  return `${start > 0 ? "…" : ""}${part}${text.length > start + characters ? "…" : ""}`;
}

/** Two texts, cut to the places where they differ. */
export function excerpts(a: string, b: string, characters: number): readonly [string, string] {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  const start = Math.max(a.length, b.length) <= characters ? 0 : Math.max(0, at - Math.floor(characters / 4));
  return [excerpt(a, characters, start), excerpt(b, characters, start)];
}
