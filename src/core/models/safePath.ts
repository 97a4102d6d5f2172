/** Names that Windows keeps for devices, with or without an extension. */
const deviceName = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;
/** Control characters, halves of surrogate pairs, line and paragraph separators, marks that turn the direction of writing. */
const hidden = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
/** Separators of any system, and what Windows refuses in names. */
const reserved = /[/\\<>:"|?*]/;
/** Bytes of UTF-8 that file systems take in one name. */
const longestName = 255;
/** Characters of a whole path, and folders in it; more than any repository has. */
const longestPath = 1024;
const deepest = 32;

/**
 * A path that a stranger gave (a hub's file list, a manifest), if it surely stays inside the folder that it is put in,
 * on any system: relative, `/` between names, no `..`, no drive, no hidden characters. Else undefined.
 */
export function safeRelativePath(path: string): string | undefined {
  if (path.length > longestPath) return undefined;
  const names = path.split("/");
  return names.length <= deepest && names.every(isSafeName) ? path : undefined;
}

/** Whether a file may have this name on any system. */
export function isSafeName(name: string): boolean {
  if (name === "" || name.endsWith(".") || name.endsWith(" ") || name.startsWith(" ")) return false;
  return !hidden.test(name) && !reserved.test(name) && !deviceName.test(name) && utf8Bytes(name) <= longestName;
}

/** A file name made from any text: what no system would take is replaced by `_`. Safe names stay as they are. */
export function safeFileName(text: string): string {
  if (isSafeName(text)) return text;
  const characters = [...text.slice(0, longestPath)].map((character) => (hidden.test(character) || reserved.test(character) ? "_" : character));
  const extension = /\.[a-z0-9]{1,16}$/i.exec(text.slice(-17))?.[0] ?? "";
  const name = trimmed(characters.join(""));
  const cut = utf8Bytes(name) > longestName ? trimmed(cutTo(name, longestName - extension.length)) + extension : name;
  if (cut === "") return "unnamed";
  return deviceName.test(cut) ? `_${cut}` : cut;
}

/** A text on one line without hidden characters, for showing names that a stranger gave; cut after so many characters. */
export function plainText(text: string, longest = 200): string {
  const characters = [...text.slice(0, 2 * longest)].map((character) => (hidden.test(character) ? "�" : character));
  return characters.length > longest ? `${characters.slice(0, longest - 1).join("")}…` : characters.join("");
}

function trimmed(name: string): string {
  return name.replace(/^ +/, "").replace(/[. ]+$/, "");
}

function cutTo(name: string, bytes: number): string {
  let left = bytes;
  let end = 0;
  for (const character of name) {
    left -= utf8Bytes(character);
    if (left < 0) break;
    end += character.length;
  }
  return name.slice(0, end);
}

function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
