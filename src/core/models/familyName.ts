import { familyOfName } from "../gguf/header";
import { plainText } from "./safePath";

/** What some who quantize add before the level: mradermacher's "i1", unsloth's "UD", others' "imat". */
const makersMark = /[-._ ](i1|imat|ud)$/i;
/** Names in `general.name` that say nothing: converters' defaults and hashes. */
const emptyTitle = /^(.{0,2}|(ggml[-_ ]?)?model|unknown|untitled|new folder|te?mp.*|[0-9a-f]{16,}|snapshots?|hf|llama|llama v2|main)$/i;

/** The name that siblings of one base share, from a file name or a title. */
export function cleanFamily(name: string): string {
  const family = familyOfName(name);
  return plainText(family.replace(makersMark, "") || family);
}

/** A name for a file whose own name says nothing (a blob): its title, or what its source calls it ("llama3.2:1b"). */
export function familyOfTitle(title: string | undefined, sourceName: string | undefined): string | undefined {
  if (title !== undefined && !emptyTitle.test(title.trim())) return cleanFamily(title.trim().replace(/[\s/\\]+/g, "-"));
  return sourceName === undefined ? undefined : plainText(sourceName.replace(/:latest$/, "").replace(/^.*\//, "").replace(":", "-"));
}

/** Spellings of one name ("Llama 3.2 1B", "llama-3.2-1b") have one key. */
export function familyKey(family: string): string {
  const letters = family.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  return letters === "" ? family : letters;
}
