import { HumanError } from "../../protocol/humanError";
import type { ConversionType } from "../../protocol/rpc";
import type { TensorRule } from "./architecture";
import type { Checkpoint } from "./checkpoint";
import { fromFloats, type WrittenType } from "./elements";
import { type GptqLinear, gptqLinear, type GptqWeights } from "./gptq/gptqLinear";
import type { GptqConfig } from "./gptq/quantConfig";
import type { LayerNote } from "./layerNotes";
import type { PlannedTensor } from "./plannedTensor";
import { pairedRow } from "./rowOrder";
import { shown } from "./shown";

/** Weights that are restored or repacked at once. */
const pieceWeights = 2 ** 21;

/**
 * A quantized layer: repacked where its grid is that of a ggml type and no other type is asked for, else dequantized.
 * The notes say why it could not be repacked.
 */
export async function plannedGptqTensor(checkpoint: Checkpoint, rule: TensorRule, config: GptqConfig, asked: ConversionType): Promise<{ readonly tensor: PlannedTensor; readonly notes: readonly LayerNote[] }> {
  const prefix = rule.source.replace(/\.weight$/, "");
  const layer = await gptqLinear(checkpoint, prefix, config);
  checkShape(rule, layer);
  const { exact, inFeatures, outFeatures } = layer;
  const notes = layer.notes.map((note) => ({ layer: rule.target, text: note.replace(`${prefix}: `, "") }));
  const common = { name: rule.target, shape: [inFeatures, outFeatures] };
  const packed = "type" in exact ? (asked === "auto" ? exact.type : exact.types.find((type) => type === asked)) : undefined;
  if (packed !== undefined) {
    return { notes, tensor: { ...common, type: packed, produce: () => pieces(layer, rule, (weights, rows) => weights.repacked(packed, rows)) } };
  }
  const type: WrittenType = asked === "auto" || (asked === "Q8_0" && inFeatures % 32 !== 0) ? "F16" : asked;
  const kept = "reason" in exact && asked === "auto" ? [{ layer: rule.target, text: `kept as F16, because ${exact.reason}` }] : [];
  return { notes: [...notes, ...kept], tensor: { ...common, type, produce: () => pieces(layer, rule, (weights, rows) => restored(weights, rows, type)) } };
}

/** Rows in llama.cpp's order, some at a time. */
async function* pieces(layer: GptqLinear, { change }: TensorRule, make: (weights: GptqWeights, rows: Uint32Array) => Uint8Array): AsyncIterable<Uint8Array> {
  const weights = await layer.weights();
  const step = Math.max(1, Math.floor(pieceWeights / layer.inFeatures));
  for (let first = 0; first < layer.outFeatures; first += step) {
    const rows = Uint32Array.from({ length: Math.min(step, layer.outFeatures - first) }, (_, index) => first + index);
    yield make(weights, change?.kind === "pairRows" ? rows.map((row) => pairedRow(row, change.headRows)) : rows);
  }
}

function restored(weights: GptqWeights, rows: Uint32Array, type: WrittenType): Uint8Array {
  if (type !== "F16") return fromFloats(weights.dequantized(rows), type);
  const halves = weights.halves(rows);
  return new Uint8Array(halves.buffer, halves.byteOffset, halves.byteLength);
}

function checkShape({ source, shape }: TensorRule, { outFeatures, inFeatures }: GptqLinear): void {
  if (shape[0] === outFeatures && shape[1] === inFeatures) return;
  throw new HumanError("notReadable", `${shown(source)} is ${outFeatures} × ${inFeatures}, but by config.json it should be ${shape.join(" × ")}: they do not belong together.`);
}
