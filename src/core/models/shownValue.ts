import type { ShownValue } from "../../protocol/modelPanels";
import { isFolded, isFoldedText, type MetadataValue } from "../gguf/metadata";
import type { ValueType } from "../gguf/valueTypes";

/** Values of a list that are shown at once. */
export const firstShown = 8;
/** Characters of the longest text that is shown: longer than any chat template. */
const longestText = 2 ** 16;
/** Characters of the longest value of a list. */
const longestItem = 500;

/** A metadata value as a person is shown it. `type` is its GGUF type, `element` that of a list's values. */
export function shownValue(value: MetadataValue, type: ValueType, element: ValueType = "u8"): ShownValue {
  if (isFolded(value)) return { kind: "list", element: value.element, length: value.length, first: value.first.map((item) => itemText(item, value.element)) };
  if (isFoldedText(value)) return { kind: "text", text: `${value.first}…` };
  if (typeof value === "object") return { kind: "list", element, length: value.length, first: value.slice(0, firstShown).map((item) => itemText(item, element)) };
  if (typeof value === "boolean") return { kind: "boolean", value };
  if (typeof value === "number" && Number.isFinite(value)) return { kind: "number", value: decimal(value, type) };
  return { kind: "text", text: cut(String(value), longestText) };
}

/** One value of a list. */
export function itemText(item: MetadataValue, element: ValueType): string {
  if (typeof item === "number") return String(decimal(item, element));
  if (typeof item !== "object") return cut(String(item), longestItem);
  if (isFoldedText(item)) return cut(item.first, longestItem);
  if (isFolded(item)) return `list of ${item.length}`;
  return cut(`[${item.slice(0, firstShown).map((inner) => itemText(inner, "f64")).join(", ")}${item.length > firstShown ? ", …" : ""}]`, longestItem);
}

/**
 * What two values that look alike at first sight are from the place on where they differ: values of lists with their
 * index, texts with what stands before. Undefined where they are the same.
 */
export function unlike(a: MetadataValue, b: MetadataValue, element: ValueType = "u8"): { readonly first: ShownValue; readonly second: ShownValue } | undefined {
  if (typeof a === "string" && typeof b === "string") return a === b ? undefined : unlikeTexts(a, b);
  if (!Array.isArray(a) || !Array.isArray(b)) return Object.is(a, b) ? undefined : { first: shownValue(a, "f64"), second: shownValue(b, "f64") };
  const [ours, theirs] = [a as readonly MetadataValue[], b as readonly MetadataValue[]];
  let at = 0;
  while (at < ours.length && at < theirs.length && alike(ours[at]!, theirs[at]!)) at++;
  if (at === ours.length && at === theirs.length) return undefined;
  const from = (list: readonly MetadataValue[]): ShownValue => ({
    kind: "list", element, length: list.length,
    first: list.slice(at, at + firstShown).map((item, index) => (at > 0 ? `#${at + index}: ` : "") + itemText(item, element)),
  });
  return { first: from(ours), second: from(theirs) };
}

function alike(a: MetadataValue, b: MetadataValue): boolean {
  return Object.is(a, b) || (typeof a === "object" && typeof b === "object" && unlike(a, b) === undefined);
}

function unlikeTexts(a: string, b: string): { readonly first: ShownValue; readonly second: ShownValue } {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const start = at < longestText / 2 ? 0 : at - 100;
  const from = (text: string): ShownValue => ({ kind: "text", text: (start > 0 ? "…" : "") + cut(text.slice(start, start + longestText + 1), longestText) });
  return { first: from(a), second: from(b) };
}

function cut(text: string, characters: number): string {
  return text.length > characters ? `${text.slice(0, characters)}…` : text;
}

/** A number of 32 bits by the fewest digits that mean it: 0.1, not 0.10000000149011612. */
function decimal(value: number, type: ValueType): number {
  if (type !== "f32") return value;
  const candidates = [6, 7, 8].map((digits) => Number(value.toPrecision(digits)));
  return candidates.find((candidate) => Math.fround(candidate) === Math.fround(value)) ?? value;
}
