import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import type { ParsedHeader } from "../../core/gguf/header";
import type { ParseOptions } from "../../core/gguf/headerParser";
import { headerReading } from "../../core/gguf/parse";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import { failedAssertion } from "./assertions";

export const tokensKey = "tokenizer.ggml.tokens";
/** A pipe under a model's name is opened without waiting for somebody to write to it. */
const readOnly = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * The header of a model with all its metadata, after a check that the file holds all that it announces, and nothing that
 * llama.cpp asserts the contrary of: it may abort the process on a damaged file, so nothing native sees a file that did
 * not pass here. Throws a HumanError that says what is wrong with the file.
 */
export function readHeader(path: string): ParsedHeader {
  return readCheckedHeader(path).header;
}

/** The same; of a header of which not all is wanted, long lists can be folded, but those of the vocabulary's tokens. */
export function readCheckedHeader(path: string, folding: Pick<ParseOptions, "longest" | "whole"> = {}): { readonly header: ParsedHeader; readonly fileBytes: number } {
  const name = basename(path);
  const file = openFile(path);
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw new HumanError("notReadable", `${name} is not a file.`);
    const header = parse(file, status.size, { ...folding, name });
    if (header.problem) throw header.problem;
    const failed = failedAssertion(header, textsOf(header.metadata[tokensKey]));
    if (failed) throw new HumanError("notGguf", `${name} has a damaged header (${failed}). Download or copy it again.`);
    return { header, fileBytes: status.size };
  } catch (error) {
    // What core/gguf finds in a tensor or in the whole does not know which file it is.
    if (error instanceof HumanError && !error.message.includes(name)) throw new HumanError(error.code, `${name}: ${error.message}`, { cause: error });
    if (error instanceof HumanError || !(error instanceof Error && "code" in error)) throw error;
    throw new HumanError("notReadable", `${name} cannot be read (${sentenceOf(error)}).`, { cause: error });
  } finally {
    closeSync(file);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, readOnly);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") throw new HumanError("notFound", `There is no file at ${path}.`, { cause: error });
    throw new HumanError("notReadable", `${basename(path)} may not be read: check its permissions.`, { cause: error });
  }
}

function parse(file: number, bytes: number, options: ParseOptions): ParsedHeader {
  const reading = headerReading(bytes, options);
  let buffer = Buffer.alloc(0);
  let step = reading.next();
  while (!step.done) {
    const piece = step.value;
    if (piece.bytes > buffer.length) buffer = Buffer.allocUnsafeSlow(piece.bytes);
    step = reading.next(buffer.subarray(0, readSync(file, buffer, 0, piece.bytes, piece.offset)));
  }
  return step.value;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
