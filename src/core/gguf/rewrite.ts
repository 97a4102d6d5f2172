import { HumanError } from "../../protocol/humanError";
import type { ParsedHeader } from "./header";
import type { MetadataValue } from "./metadata";
import type { Scalar } from "./valueTypes";
import type { MetadataEntry } from "./writer";

/** All entries of a header that was read without folding, as they are written again, in the order of the file. */
export function metadataEntries({ metadata, entries }: ParsedHeader): readonly MetadataEntry[] {
  return [...entries].map(([key, { type, element }]): MetadataEntry => {
    const value = metadata[key];
    if (type !== "array") return { key, type, value: value as Scalar };
    if (!isList(value) || element === undefined || element === "array") throw new HumanError("unsupported", `The metadata entry ${key} holds lists in lists, which Decant cannot write again.`);
    return { key, type, element, value: value as readonly Scalar[] };
  });
}

/** Entries replaced by those of the same key, those with a new key added, and those named in `removed` left out. */
export function changedEntries(entries: readonly MetadataEntry[], changes: readonly MetadataEntry[], removed: readonly string[] = []): readonly MetadataEntry[] {
  const byKey = new Map(entries.map((entry) => [entry.key, entry]));
  for (const key of removed) byKey.delete(key);
  for (const change of changes) byKey.set(change.key, change);
  return [...byKey.values()];
}

function isList(value: MetadataValue | undefined): value is readonly MetadataValue[] {
  return Array.isArray(value);
}
