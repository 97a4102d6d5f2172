import { HumanError } from "../../../protocol/humanError";
import type { Checkpoint, JsonObject } from "../checkpoint";
import { shown, shownJson } from "../shown";
import { refusedFormat, refusedMethod } from "./otherMethods";

export const gptqBits = [2, 3, 4, 8] as const;
export type GptqBits = (typeof gptqBits)[number];

/** What a GPTQ checkpoint says of itself. */
export interface GptqConfig {
  readonly bits: GptqBits;
  /** Inputs that share a scale and a zero; -1 where a whole row does. */
  readonly groupSize: number;
  readonly symmetric: boolean;
  /** Columns were quantized in the order of their importance (desc_act), so groups need not be consecutive inputs. */
  readonly actOrder: boolean;
  /** checkpoint_format "gptq" stores each zero minus one, "gptq_v2" as it is. */
  readonly format: "gptq" | "gptq_v2";
  /** Rules by module name (GPTQModel's `dynamic`) give layers grids of their own: the shapes of their tensors say which. */
  readonly dynamic: boolean;
}

/**
 * The GPTQ settings from config.json, else from quantize_config.json; undefined for a checkpoint that is not quantized.
 * Throws a HumanError for every other way of quantizing, and for what cannot be converted, with the name of it.
 */
export function gptqConfigOf(checkpoint: Checkpoint): GptqConfig | undefined {
  const settings = object(checkpoint.config.quantization_config) ?? checkpoint.quantizeConfig;
  const packed = [...checkpoint.tensors.keys()].find((name) => name.endsWith(".qweight"));
  if (!settings) {
    if (packed === undefined) return undefined;
    throw new HumanError("unsupported", `The checkpoint holds quantized weights (${shown(packed)}) but does not say how they were quantized: config.json has no quantization_config, and there is no quantize_config.json. Get the missing file.`);
  }
  const method = text(settings.quant_method)?.toLowerCase();
  if (method !== "gptq") {
    const refusal = refusedMethod(method, settings);
    if (refusal) throw new HumanError("unsupported", refusal);
  }
  const config = configOf(settings);
  if (packed === undefined) throw new HumanError("notReadable", "The configuration says GPTQ, but no tensor is named .qweight. Use the files that belong together, or the original in bf16 or f16.");
  return config;
}

/** For people, e.g. "4 bit, groups of 128, symmetric, act-order". */
export function gridText({ bits, groupSize, symmetric, actOrder, dynamic }: GptqConfig): string {
  const groups = groupSize === -1 ? "one group per row" : `groups of ${groupSize}`;
  return [`${bits} bit`, groups, symmetric ? "symmetric" : "asymmetric", ...(actOrder ? ["act-order"] : []), ...(dynamic ? ["rules by layer"] : [])].join(", ");
}

function configOf(settings: JsonObject): GptqConfig {
  const { bits, group_size: groupSize = -1, sym, desc_act: actOrder, pack_dtype: packing, rotation } = settings;
  const format = settings.is_marlin_format === true ? "marlin" : settings.checkpoint_format ?? settings.format ?? "gptq";
  if (format !== "gptq" && format !== "gptq_v2") throw new HumanError("unsupported", refusedFormat(format));
  if (!isBits(bits)) throw new HumanError("unsupported", `GPTQ with bits ${shownJson(bits)} cannot be converted: 2, 3, 4 and 8 can.`);
  if (!isGroupSize(groupSize)) throw new HumanError("notReadable", `GPTQ with group_size ${shownJson(groupSize)} cannot be converted: a positive whole number or -1 is expected.`);
  if (packing != null && text(packing)?.replace("torch.", "") !== "int32") throw new HumanError("unsupported", `GPTQ packed in ${shownJson(packing)} cannot be converted: only int32 can.`);
  if (rotation != null && rotation !== false) throw new HumanError("unsupported", `GPTQ of rotated weights (${shownJson(rotation)}) cannot be converted. Use the original in bf16 or f16.`);
  const dynamic = Object.keys(object(settings.dynamic) ?? {}).length > 0;
  return { bits, groupSize, symmetric: sym !== false, actOrder: actOrder === true, format, dynamic };
}

function isBits(value: unknown): value is GptqBits {
  return gptqBits.some((bits) => bits === value);
}

function isGroupSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value === -1 || (value as number) > 0);
}

function object(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
