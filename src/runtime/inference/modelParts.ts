import { basename, dirname, join } from "node:path";
import { type GgufHeader, metadataNumber } from "../../core/gguf/header";
import { HumanError } from "../../protocol/humanError";
import { readHeader } from "../gguf/headerFile";

/** llama_split_path of llama.cpp names the parts so, and finds the others by the name of the first. */
const partInName = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i;
/** More parts than any model has: a name cannot make us look for ten thousand files. */
const mostParts = 999;

/**
 * The header of a model with the tensors of all its parts. Each part is there, was checked, and belongs to the first, which
 * is the one to load: llama.cpp opens the others by itself. Throws a HumanError that says what is missing or wrong.
 */
export async function readModelHeader(path: string): Promise<GgufHeader> {
  const first = await readHeader(path);
  const count = metadataNumber(first, "split.count") ?? 1;
  if (count <= 1) return first;
  const rest = await Promise.all(otherParts(path, first, count).map((part, index) => readPart(part, index + 1, count)));
  return { ...first, tensors: [first, ...rest].flatMap(({ tensors }) => tensors) };
}

function otherParts(path: string, first: GgufHeader, count: number): readonly string[] {
  const name = basename(path);
  const [, start, number, named] = partInName.exec(name) ?? [];
  if (count > mostParts) throw new HumanError("notGguf", `${name} says that it is one of ${count} parts, which no model has: it is damaged. Download or copy it again.`);
  const partName = (part: number): string => `${start}-${fiveDigits(part)}-of-${fiveDigits(count)}.gguf`;
  if (start === undefined || Number(named) !== count) {
    throw new HumanError("badArgument", `${name} is one of ${count} parts, which are found by their names: it must end in -00001-of-${fiveDigits(count)}.gguf. Rename it as it was.`);
  }
  if (Number(number) !== 1 || metadataNumber(first, "split.no") !== 0) {
    throw new HumanError("badArgument", `${name} is not the first of ${count} parts of a model: load ${partName(1)}.`);
  }
  return Array.from({ length: count - 1 }, (_, index) => join(dirname(path), partName(index + 2)));
}

async function readPart(path: string, index: number, count: number): Promise<GgufHeader> {
  const header = await readPartHeader(path, index, count);
  if (metadataNumber(header, "split.no") === index && metadataNumber(header, "split.count") === count) return header;
  throw new HumanError("notGguf", `${basename(path)} is not part ${index + 1} of ${count} of this model, whatever its name says: download the model again.`);
}

async function readPartHeader(path: string, index: number, count: number): Promise<GgufHeader> {
  try {
    return await readHeader(path);
  } catch (error) {
    if (!(error instanceof HumanError) || error.code !== "notFound") throw error;
    throw new HumanError("notFound", `${basename(path)}, part ${index + 1} of ${count}, is missing: the model needs all of them in one folder. Download it again.`, { cause: error });
  }
}

function fiveDigits(value: number): string {
  return String(value).padStart(5, "0");
}
