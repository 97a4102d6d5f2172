/**
 * The JSON value that a text begins, for what a model has written so far or was cut off in: what is open is closed.
 * With "whole" only complete objects count ([{…},{…},{"a": gives two); with "all" an open string counts as far as it goes.
 * Undefined where nothing can be made of it.
 */
export function partialJson(text: string, take: "whole" | "all"): unknown {
  const whole = parse(text);
  if (whole !== undefined) return whole;
  const open: string[] = [];
  let inString = false;
  let lastObject = "";
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (inString) {
      if (character === "\\") index++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{") open.push("}");
    else if (character === "[") open.push("]");
    else if (character === "}" || character === "]") {
      open.pop();
      lastObject = text.slice(0, index + 1) + closing(open);
    }
  }
  if (take === "whole") return parse(lastObject);
  const closed = inString ? `${withoutOpenEscape(text)}"` : text.replace(/[,\s]+$/, "");
  return parse(closed + closing(open)) ?? parse(closed.replace(halfMember, "") + closing(open)) ?? parse(lastObject);
}

/** A name at the end, perhaps with a value that is no string and was cut off. */
const halfMember = /(?:,|(?<=\{))\s*"(?:[^"\\]|\\.)*"\s*(?::\s*[\w.+-]*)?$/;

function closing(open: readonly string[]): string {
  return [...open].reverse().join("");
}

/** Without "\", "\u" and "\u12" at the end. */
function withoutOpenEscape(text: string): string {
  const open = /(?<!\\)(?:\\\\)*(\\(?:u[0-9a-fA-F]{0,3})?)$/.exec(text)?.[1] ?? "";
  return text.slice(0, text.length - open.length);
}

function parse(text: string): unknown {
  try {
    return text === "" ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
