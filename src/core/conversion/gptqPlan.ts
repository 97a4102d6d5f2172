import { HumanError } from "../../protocol/humanError";
import type { ConversionType } from "../../protocol/rpc";
import type { TensorRule } from "./architecture";
import type { Checkpoint } from "./checkpoint";
import { fromFloats, type WrittenType } from "./elements";
import { type GptqLinear, gptqLinear } from "./gptq/gptqLinear";
import type { GptqConfig } from "./gptq/quantConfig";
import type { PlannedTensor } from "./plannedTensor";
import { pairedRow } from "./rowOrder";
import { shown } from "./shown";

/**
 * A quantized layer: repacked where its grid is that of a ggml type and no other type is asked for, else dequantized.
 * The notes say why it could not be repacked.
 */
export async function plannedGptqTensor(checkpoint: Checkpoint, rule: TensorRule, config: GptqConfig, asked: ConversionType): Promise<{ readonly tensor: PlannedTensor; readonly notes: readonly string[] }> {
  const prefix = rule.source.replace(/\.weight$/, "");
  const layer = await gptqLinear(checkpoint, prefix, config);
  checkShape(rule, layer);
  const rows = rowsOf(rule, layer.outFeatures);
  const shape = [layer.inFeatures, layer.outFeatures];
  const { exact } = layer;
  if ("type" in exact && (asked === "auto" || asked === exact.type)) {
    return { notes: layer.notes, tensor: { name: rule.target, type: exact.type, shape, produce: () => repacked(layer, rows) } };
  }
  const type: WrittenType = asked === "auto" || (asked === "Q8_0" && layer.inFeatures % 32 !== 0) ? "F16" : asked;
  const notes = "reason" in exact && asked === "auto" ? [`${rule.target}: ${exact.reason}`] : [];
  return { notes: [...layer.notes, ...notes], tensor: { name: rule.target, type, shape, produce: () => dequantized(layer, rows, type) } };
}

async function* repacked(layer: GptqLinear, rows: Uint32Array | undefined): AsyncIterable<Uint8Array> {
  const packed = await layer.repacked(rows);
  if ("reason" in packed) throw new HumanError("failed", packed.reason);
  yield packed.bytes;
}

async function* dequantized(layer: GptqLinear, rows: Uint32Array | undefined, type: WrittenType): AsyncIterable<Uint8Array> {
  if (type !== "F16") {
    yield fromFloats(await layer.dequantized(rows), type);
    return;
  }
  const halves = await layer.halves(rows);
  yield new Uint8Array(halves.buffer, halves.byteOffset, halves.byteLength);
}

function rowsOf({ change }: TensorRule, count: number): Uint32Array | undefined {
  if (change?.kind !== "pairRows") return undefined;
  return Uint32Array.from({ length: count }, (_, row) => pairedRow(row, change.headRows));
}

function checkShape({ source, shape }: TensorRule, { outFeatures, inFeatures }: GptqLinear): void {
  if (shape[0] === outFeatures && shape[1] === inFeatures) return;
  throw new HumanError("notReadable", `${shown(source)} is ${outFeatures} × ${inFeatures}, but by config.json it should be ${shape.join(" × ")}: they do not belong together.`);
}
