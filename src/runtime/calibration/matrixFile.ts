import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { ImatrixInfo } from "../../protocol/model";
import { type GgufLayout, readGgufLayout } from "../gguf/ggufLayout";
import { ByteReader, EndOfFile } from "./byteReader";
import { type ImportanceMatrix, meanSquares } from "./importanceMatrix";

/** Names of the tensors and metadata of an importance matrix. Source: tools/imatrix/README.md of llama.cpp. */
export const sumsSuffix = ".in_sum2";
export const countsSuffix = ".counts";
export const datasetsKey = "imatrix.datasets";
export const chunkCountKey = "imatrix.chunk_count";
export const chunkSizeKey = "imatrix.chunk_size";

/**
 * Reads an importance matrix: GGUF, or the older binary format of `.imatrix` and `.dat` files.
 * Throws a HumanError for anything else, for one that is cut off, and for numbers that cannot be mean squares.
 */
export function readMatrix(path: string): ImportanceMatrix {
  const file = openFile(path);
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw new HumanError("notReadable", `${basename(path)} is not a file.`);
    const reader = new ByteReader(file, status.size);
    const isGguf = status.size >= 4 && reader.take(4).toString("latin1") === "GGUF";
    const matrix = isGguf ? readGguf(path, file) : readOlder(path, new ByteReader(file, status.size));
    for (const [name, columns] of matrix.columns) {
      if (!columns.every((value) => Number.isFinite(value) && value >= 0)) {
        throw new HumanError("notReadable", `${basename(path)} holds impossible numbers (${name}): calibrate again.`);
      }
    }
    return matrix;
  } catch (error) {
    if (!(error instanceof EndOfFile)) throw error;
    throw new HumanError("truncated", `${basename(path)} is cut off. Copy it again, or calibrate again.`);
  } finally {
    closeSync(file);
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new HumanError(missing ? "notFound" : "notReadable", missing ? `There is no file at ${path}.` : `${basename(path)} cannot be read (${sentenceOf(error)}).`, { cause: error });
  }
}

function notOne(path: string, what = "it is neither GGUF nor the older format"): HumanError {
  return new HumanError("badArgument", `${basename(path)} is not an importance matrix (${what}): choose an .imatrix, .dat or .gguf file that llama-imatrix or Decant has made.`);
}

function readGguf(path: string, file: number): ImportanceMatrix {
  const layout = readGgufLayout(path);
  const sums = layout.tensors.filter(({ name }) => name.endsWith(sumsSuffix));
  if (sums.length === 0) throw notOne(path, "it has no sums of squares");
  const columns = new Map(sums.map((tensor) => {
    const name = tensor.name.slice(0, -sumsSuffix.length);
    const counts = layout.tensors.find((other) => other.name === name + countsSuffix);
    if (!counts || tensor.type !== "F32" || counts.type !== "F32") throw notOne(path, `${name} lacks its counts`);
    const [values, divisors] = [floats(file, layout, tensor), [...floats(file, layout, counts)].map(Math.round)];
    if (values.length % divisors.length !== 0) throw notOne(path, `${name} has ${divisors.length} counts for ${values.length} sums`);
    return [name, meanSquares(values, divisors)] as const;
  }));
  const number = (key: string): number => Number(layout.scalars.get(key) ?? 0);
  const info = { path, tensors: columns.size, chunks: number(chunkCountKey), chunkSize: number(chunkSizeKey), datasets: layout.texts.get(datasetsKey) ?? [] };
  return { info, columns };
}

function floats(file: number, { dataOffset }: GgufLayout, { offset, bytes }: GgufLayout["tensors"][number]): Float32Array {
  const values = new Float32Array(bytes / 4);
  if (readSync(file, values, 0, bytes, dataOffset + offset) < bytes) throw new EndOfFile();
  return values;
}

/** Counts, names and floats one after the other; no magic number. Source: common/imatrix-loader.cpp of llama.cpp. */
function readOlder(path: string, reader: ByteReader): ImportanceMatrix {
  const columns = new Map<string, Float32Array>();
  if (reader.left < 4) throw notOne(path);
  const entries = reader.uint32();
  for (let entry = 0; entry < entries; entry++) {
    if (entries > 1e5) throw notOne(path);
    const nameBytes = reader.uint32();
    if (nameBytes < 1 || nameBytes > 256) throw notOne(path);
    const name = reader.take(nameBytes).toString("utf8");
    const calls = reader.uint32();
    const length = reader.uint32();
    const sums = new Float32Array(Uint8Array.from(reader.take(4 * length)).buffer);
    columns.set(name, calls > 0 ? meanSquares(sums, [calls]) : sums);
  }
  if (columns.size === 0) throw notOne(path);
  const chunks = reader.left >= 4 ? reader.uint32() : 0;
  const dataset = reader.left >= 4 ? reader.take(Math.min(reader.uint32(), reader.left)).toString("utf8") : "";
  const info: ImatrixInfo = { path, tensors: columns.size, chunks, chunkSize: 0, datasets: dataset ? [dataset] : [] };
  return { info, columns };
}
