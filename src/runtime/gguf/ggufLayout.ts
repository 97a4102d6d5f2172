import type { TensorInfo } from "../../core/gguf/header";
import type { MetadataValue } from "../../core/gguf/metadata";
import type { Scalar } from "../../core/gguf/valueTypes";
import { mostBlocks } from "./assertions";
import { readCheckedHeader, tokensKey } from "./headerFile";

/** Where everything lies in a GGUF file that can be used. */
export interface GgufLayout {
  readonly fileBytes: number;
  /** Bytes that each metadata entry takes in the header: key, type and value. */
  readonly entryBytes: ReadonlyMap<string, number>;
  /** The entries that are single numbers, booleans or strings. */
  readonly scalars: ReadonlyMap<string, Scalar>;
  /** The lists of texts, but for those of a tokenizer. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly tensors: readonly TensorInfo[];
  readonly dataOffset: number;
  readonly alignment: number;
}

/** Reads and checks a header as `readHeader` does. */
export function readGgufLayout(path: string): GgufLayout {
  const { header, fileBytes } = readCheckedHeader(path, { longest: mostBlocks, whole: (key) => key === tokensKey || !isTokenizers(key) });
  const { metadata, entries, tensors, dataOffset, alignment } = header;
  const values = Object.entries(metadata);
  return {
    fileBytes,
    entryBytes: new Map([...entries].map(([key, { bytes }]) => [key, bytes])),
    scalars: new Map(values.filter((entry): entry is [string, Scalar] => typeof entry[1] !== "object")),
    texts: new Map(values.filter((entry): entry is [string, readonly string[]] => !isTokenizers(entry[0]) && isTexts(entry[1]))),
    tensors,
    dataOffset,
    alignment,
  };
}

function isTokenizers(key: string): boolean {
  return key.startsWith("tokenizer.");
}

function isTexts(value: MetadataValue): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
