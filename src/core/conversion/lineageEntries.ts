import type { MetadataEntry } from "../gguf/writer";
import { text } from "./entries";

/** Bytes that llama.cpp allows a text when such a file is quantized and its notes are written anew. */
const mostBytes = 127;

/** Decant's notes of how a file was made. */
export function lineageEntries(folder: string, type: string, gptq: boolean): readonly MetadataEntry[] {
  const step = `convert ${gptq ? "GPTQ to " : ""}${type}`;
  const name = cut(folder.split("/").at(-1) ?? folder);
  return [text("decant.step", step), text("decant.parent", name), text("decant.base", name)];
}

/** Whole characters only. */
function cut(value: string): string {
  let end = 0;
  let bytes = 0;
  for (const character of value) {
    bytes += new TextEncoder().encode(character).length;
    if (bytes > mostBytes) break;
    end += character.length;
  }
  return value.slice(0, end);
}
