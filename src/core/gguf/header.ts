import type { ModelFile, QuantType } from "../../protocol/model";
import { HumanError } from "../../protocol/humanError";
import { brief } from "./brief";
import { isFolded, type MetadataValue } from "./metadata";
import { levelOfTensors } from "./levelOfTensors";
import { quantTypeOfFtype, resolveQuantType } from "./quantLevels";
import { tensorBytes, tensorType } from "./tensorTypes";
import type { ValueType } from "./valueTypes";

export interface TensorInfo {
  readonly name: string;
  /** Storage type by its ggml name. */
  readonly type: string;
  /** Row length first. */
  readonly shape: readonly number[];
  readonly bytes: number;
  /** From the start of the tensor data. */
  readonly offset: number;
}

/** A GGUF header: everything in a file but the weights. */
export interface GgufHeader {
  readonly version: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tensors: readonly TensorInfo[];
  /** Where the tensor data starts, bytes from the start of the file. */
  readonly dataOffset: number;
  /** Why the file cannot be used, although its header can be shown. */
  readonly problem?: HumanError;
}

/** Where the header has an entry. */
export interface HeaderEntry {
  readonly type: ValueType;
  /** Of a list. */
  readonly element?: ValueType;
  /** Of its key, type and value together. */
  readonly bytes: number;
}

/** A header as it was read from a file. */
export interface ParsedHeader extends GgufHeader {
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  readonly bigEndian: boolean;
  /** Of the tensors' data, bytes. */
  readonly alignment: number;
  /** By key, in the order of the file. */
  readonly entries: ReadonlyMap<string, HeaderEntry>;
}

/** Adds type names and byte sizes to a tensor table; a type or row length that ggml would refuse is a HumanError. */
export function tensorInfo(name: string, ggmlType: number, shape: readonly number[], offset: number): TensorInfo {
  const type = tensorType(ggmlType);
  if (!type) {
    throw new HumanError("unsupported", `Tensor "${brief(name)}" has storage type ${ggmlType}, which this release of llama.cpp does not know.`);
  }
  const bytes = tensorBytes(type, shape);
  if (bytes === undefined || !Number.isSafeInteger(bytes)) {
    throw new HumanError("notGguf", `Tensor "${brief(name)}" has rows of ${shape[0]} weights, which do not divide into ${type.name} blocks of ${type.blockSize}: the file is damaged.`);
  }
  return { name, type: type.name, shape, bytes, offset };
}

/** Throws when the file ends before its last tensor does. */
export function checkComplete(header: GgufHeader, fileBytes: number): void {
  const end = header.tensors.reduce((last, tensor) => Math.max(last, tensor.offset + tensor.bytes), 0);
  const needed = header.dataOffset + end;
  if (fileBytes < needed) {
    throw new HumanError("truncated", `The file is cut off: its header announces ${needed} bytes, it has ${fileBytes}. Download or copy it again.`);
  }
}

export function metadataString(header: GgufHeader, key: string): string | undefined {
  const value = header.metadata[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function metadataNumber(header: GgufHeader, key: string): number | undefined {
  const value = header.metadata[key];
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Values of a list, folded or not; undefined where there is none. */
export function listLength(header: GgufHeader, key: string): number | undefined {
  const value = header.metadata[key];
  return Array.isArray(value) || isFolded(value) ? value.length : undefined;
}

export function architectureOf(header: GgufHeader): string {
  return metadataString(header, "general.architecture") ?? "unknown";
}

/** A hyperparameter of the model's own architecture, e.g. "block_count". Per-layer arrays give their maximum. */
export function hyperparameter(header: GgufHeader, name: string): number | undefined {
  const key = `${architectureOf(header)}.${name}`;
  const value = header.metadata[key];
  if (Array.isArray(value)) {
    const numbers = value.map(Number).filter(Number.isFinite);
    return numbers.length > 0 ? numbers.reduce((a, b) => Math.max(a, b)) : undefined;
  }
  return metadataNumber(header, key);
}

export function parameterCount(header: GgufHeader): number {
  return header.tensors.reduce((sum, tensor) => sum + tensor.shape.reduce((a, b) => a * b, 1), 0);
}

export function weightBytes(header: GgufHeader): number {
  return header.tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
}

/** Average bits per weight over all tensors, norms included. */
export function bitsPerWeight(header: GgufHeader): number {
  return (8 * weightBytes(header)) / Math.max(1, parameterCount(header));
}

const levelInName = /[-._ ]((?:I?Q|TQ)\d[A-Z0-9_]*|MXFP4(?:_MOE)?|BF16|F?P?16|F?P?32|INT[48])$/i;
/** What Decant adds to the names of versions made with an importance matrix, and of mixes. */
const madeInName = /(-mix-[\d.]+[KMG]iB)?(-imatrix)?$/;
const shardInName = /-\d{5}-of-\d{5}$/;

/** File name without folder, extension, shard number and level: siblings of one base share it. */
export function familyOfName(path: string): string {
  const file = path.split(/[\\/]/).at(-1) ?? path;
  return file.replace(/\.gguf$/i, "").replace(shardInName, "").replace(madeInName, "").replace(levelInName, "");
}

export function describeModel(path: string, header: GgufHeader, bytes: number): ModelFile {
  return {
    path,
    family: familyOfName(path),
    type: levelOf(path, header),
    bytes,
    parameters: parameterCount(header),
    architecture: architectureOf(header),
    contextLength: hyperparameter(header, "context_length") ?? 0,
    ...(header.problem && { problem: header.problem.message }),
  };
}

function levelOf(path: string, header: GgufHeader): QuantType | "unknown" {
  const ftype = metadataNumber(header, "general.file_type");
  if (ftype !== undefined) return quantTypeOfFtype(ftype) ?? "unknown";
  if ((metadataString(header, "general.type") ?? "model") !== "model") return "unknown";
  const [, named = ""] = levelInName.exec(path.replace(/\.gguf$/i, "").replace(shardInName, "").replace(madeInName, "")) ?? [];
  return levelOfTensors(header.tensors, resolveQuantType(named)) ?? "unknown";
}
