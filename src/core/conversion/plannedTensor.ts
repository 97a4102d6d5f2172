import { HumanError } from "../../protocol/humanError";
import { writtenBytes, type WrittenTensor } from "../gguf/writer";
import type { Change, TensorRule } from "./architecture";
import type { SourceTensor } from "./checkpoint";
import { allFinite, type ElementConverter, type FloatType, fromFloats, isFloatType, toFloats, type WrittenType } from "./elements";
import { pairRows } from "./rowOrder";
import { dtypeBytes } from "./safetensors";
import { shown } from "./shown";

/** A tensor of the file to be written. */
export interface PlannedTensor extends WrittenTensor {
  /** Its bytes, piece after piece: none is larger than a few megabytes, a row or a head. */
  produce(): AsyncIterable<Uint8Array>;
}

/** Bytes read at once. */
const pieceBytes = 8 * 2 ** 20;

/** A tensor of the checkpoint, its numbers in another type and changed as the rule says. */
export function plannedTensor(source: SourceTensor, { target, change }: TensorRule, type: WrittenType, converter: ElementConverter): PlannedTensor {
  const from = floatTypeOf(source);
  const [rows = 1] = source.shape;
  const columns = source.shape.slice(1).reduce((product, count) => product * count, 1);
  const rowBytes = columns * dtypeBytes[from];
  const step = rowsAtOnce(rowBytes, change);
  return {
    name: target,
    type,
    shape: source.shape.length === 1 ? [rows] : [columns, rows],
    async *produce() {
      for (let row = 0; row < rows; row += step) {
        const end = Math.min(row + step, rows);
        const bytes = await source.read(row * rowBytes, end * rowBytes);
        if (bytes.length !== (end - row) * rowBytes) throw new HumanError("truncated", `${shown(source.name)} ends before its last weight: its file was changed or cut off. Download it again.`);
        if (!allFinite(bytes, from)) throw new HumanError("notReadable", `${shown(source.name)} holds numbers that are none (NaN or infinite): the checkpoint is damaged. Download it again.`);
        const written = changed(bytes, from, type, rowBytes, change, converter);
        if (type === "F16" && from !== "F16" && !allFinite(written, type)) throw tooLarge(source.name);
        yield written;
      }
    },
  };
}

/** Numbers that are at hand, as F32. */
export function computedTensor(name: string, values: Float32Array): PlannedTensor {
  return {
    name,
    type: "F32",
    shape: [values.length],
    async *produce() {
      yield fromFloats(values, "F32");
    },
  };
}

export function plannedBytes(tensor: PlannedTensor): number {
  return writtenBytes(tensor);
}

/** Throws for types that hold no weights. */
export function floatTypeOf({ name, dtype }: SourceTensor): FloatType {
  if (isFloatType(dtype)) return dtype;
  const hint = dtype.startsWith("F8") ? "FP8 weights cannot be converted: use the original in bf16 or f16." : "It cannot be converted: use a checkpoint in bf16, f16 or f32.";
  throw new HumanError("unsupported", `${shown(name)} is kept as ${dtype}. ${hint}`);
}

/** Whole heads where their rows change places. */
function rowsAtOnce(rowBytes: number, change: Change | undefined): number {
  const unit = change?.kind === "pairRows" ? change.headRows : 1;
  return unit * Math.max(1, Math.floor(pieceBytes / Math.max(1, rowBytes * unit)));
}

function changed(bytes: Uint8Array, from: FloatType, to: WrittenType, rowBytes: number, change: Change | undefined, converter: ElementConverter): Uint8Array {
  switch (change?.kind) {
    case undefined: return converter.convert(bytes, from, to);
    case "pairRows": return converter.convert(pairRows(bytes, rowBytes, change.headRows), from, to);
    case "plusOne": return fromFloats(toFloats(bytes, from).map((value) => value + 1), to);
  }
}

function tooLarge(name: string): HumanError {
  return new HumanError("unsupported", `${shown(name)} has weights that F16 cannot hold (over 65504): convert to BF16 or F32.`);
}
