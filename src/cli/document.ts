import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isWordProcessed } from "../core/documents/textFiles";
import type { AnalysedDocument } from "../services/analysis/documentAnalysis";
import type { ModelFile } from "../protocol/model";
import { type Invocation, requireText } from "./command";
import { readTextFile } from "./textFile";

/** A document as the editor would open it: text files as they are, .docx and .pdf as text. */
export async function readDocument({ services, token }: Invocation, file: string): Promise<AnalysedDocument> {
  const path = resolve(file);
  const text = isWordProcessed(extname(file)) ? (await services.runtime.documentText(path, token)).text : await readTextFile(file);
  return { uri: pathToFileURL(path).toString(), name: basename(file), text };
}

/** The model that --model names. */
export function chosenModel(invocation: Invocation, option = "model"): Promise<ModelFile> {
  return invocation.services.library([]).describe(resolve(requireText(invocation, option, "model.gguf")));
}

/** One line of at most so many characters. */
export function excerpt(passage: string, longest = 70): string {
  const line = passage.replace(/\s+/g, " ").trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
