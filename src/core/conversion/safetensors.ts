import { HumanError } from "../../protocol/humanError";
import { shown } from "./shown";

/** Bytes of one element. Source: Dtype of the safetensors crate; types of less than a byte are not listed. */
export const dtypeBytes = {
  F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1, F8_E4M3: 1, F8_E5M2: 1, F8_E8M0: 1,
} as const;
export type Dtype = keyof typeof dtypeBytes;

export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: Dtype;
  /** Rows first; empty for a single number. */
  readonly shape: readonly number[];
  /** Bytes from the start of the file; `end` is the first one behind it. */
  readonly start: number;
  readonly end: number;
}

/** MAX_HEADER_SIZE of the safetensors crate. */
const mostHeaderBytes = 100_000_000;
const lengthBytes = 8;

/**
 * The tensor table of a .safetensors file from its first bytes, or how many bytes are needed to read it. Source: the format
 * section of huggingface/safetensors: the header's length (64 bits, little-endian), a JSON object, the data.
 * Throws a HumanError that names the file for anything that is not a whole file.
 */
export function parseSafetensors(prefix: Uint8Array, fileBytes: number, file: string): readonly SafetensorsEntry[] | { readonly needs: number } {
  if (fileBytes === 0) throw new HumanError("notReadable", `${file} is empty. Download it again.`);
  if (fileBytes < lengthBytes + 2) throw truncated(file);
  if (prefix.length < lengthBytes) return { needs: lengthBytes };
  const length = Number(new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength).getBigUint64(0, true));
  if (length > mostHeaderBytes || length < 2) throw damaged(file, `a header of ${length} bytes`);
  const dataStart = lengthBytes + length;
  if (dataStart > fileBytes) throw truncated(file);
  if (prefix.length < dataStart) return { needs: dataStart };
  const entries = Object.entries(parseHeader(prefix.subarray(lengthBytes, dataStart), file))
    .filter(([name]) => name !== "__metadata__")
    .map(([name, value]) => entryOf(name, value, dataStart, file));
  checkPlaces(entries, fileBytes, file);
  return entries;
}

function parseHeader(bytes: Uint8Array, file: string): object {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below.
  }
  throw damaged(file, "a header that is no JSON object");
}

function entryOf(name: string, value: unknown, dataStart: number, file: string): SafetensorsEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  if (typeof dtype !== "string" || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) throw damaged(file, `an entry ${shown(name)} without type, shape and place`);
  if (!isDtype(dtype)) throw new HumanError("unsupported", `${file} keeps ${shown(name)} as ${shown(dtype)}, which cannot be converted: use a checkpoint in bf16, f16 or f32.`);
  const [from, to] = offsets as [number, number];
  const bytes = shape.reduce((product, count) => product * count, dtypeBytes[dtype]);
  if (to - from !== bytes) throw damaged(file, `${shown(name)} of ${shape.join(" × ")} ${dtype} in ${to - from} bytes`);
  return { name, dtype, shape, start: dataStart + from, end: dataStart + to };
}

/** Tensors that share bytes are a sign of a forged file: the format allows none. */
function checkPlaces(entries: readonly SafetensorsEntry[], fileBytes: number, file: string): void {
  const ordered = entries.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start);
  for (const [index, entry] of ordered.entries()) {
    if (entry.end > fileBytes) throw truncated(file);
    const next = ordered[index + 1];
    if (next && next.start < entry.end) throw damaged(file, `${shown(entry.name)} and ${shown(next.name)} in the same place`);
  }
}

function isDtype(name: string): name is Dtype {
  return Object.hasOwn(dtypeBytes, name);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 8 && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function truncated(file: string): HumanError {
  return new HumanError("truncated", `${file} is cut off: it ends before its last tensor does. Download it again.`);
}

function damaged(file: string, what: string): HumanError {
  return new HumanError("notReadable", `${file} is damaged (it announces ${what}). Download it again.`);
}
