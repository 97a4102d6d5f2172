import type { JsonObject } from "../checkpoint";
import { shown, shownJson } from "../shown";

/** What people call the values of `quant_method`. Source: QuantizationMethod of transformers, and what GPTQModel writes. */
const methodNames: ReadonlyMap<string, string> = new Map([
  ["awq", "AWQ"], ["bitsandbytes", "bitsandbytes"], ["fp8", "FP8"], ["fbgemm_fp8", "FBGEMM FP8"], ["compressed-tensors", "compressed-tensors"],
  ["modelopt", "ModelOpt"], ["mxfp4", "MXFP4"], ["auto-round", "AutoRound"], ["intel/auto-round", "AutoRound"], ["aqlm", "AQLM"], ["hqq", "HQQ"],
  ["eetq", "EETQ"], ["exl2", "EXL2"], ["exl3", "EXL3"], ["quanto", "Quanto"], ["torchao", "torchao"], ["bitnet", "BitNet"], ["spqr", "SpQR"],
  ["vptq", "VPTQ"], ["higgs", "HIGGS"], ["quark", "Quark"], ["qqq", "QQQ"], ["marlin", "Marlin"], ["gptq_marlin", "Marlin"], ["bitblas", "BitBLAS"],
]);

const formatNames: ReadonlyMap<string, string> = new Map([
  ["marlin", "Marlin"], ["bitblas", "BitBLAS"], ["qqq", "QQQ"], ["gptq_p", "GPTQ in bit planes"], ["gemm", "AWQ"], ["gemv", "AWQ"],
]);

const instead = "Use the original in bf16 or f16, a GPTQ checkpoint (format gptq or gptq_v2), or a GGUF file.";

/**
 * Why a checkpoint of another method cannot be converted; undefined for the settings of GPTQ, which AutoGPTQ left without a
 * method in quantize_config.json.
 */
export function refusedMethod(method: string | undefined, settings: JsonObject): string | undefined {
  const known = method ?? methodByKeys(settings);
  if (known === undefined) return "bits" in settings ? undefined : `config.json says that the weights are quantized, but not how (no quant_method). ${instead}`;
  return `Weights quantized with ${methodNames.get(known) ?? shown(known)} cannot be converted. ${instead}`;
}

/** Why a GPTQ checkpoint laid out for one kernel cannot be converted. */
export function refusedFormat(format: unknown): string {
  const name = typeof format === "string" ? formatNames.get(format.toLowerCase()) : undefined;
  return `GPTQ weights laid out for ${name ?? shownJson(format)} cannot be converted. ${instead}`;
}

/** Older files of two methods do not name themselves. */
function methodByKeys(settings: JsonObject): string | undefined {
  if (settings.load_in_4bit === true || settings.load_in_8bit === true) return "bitsandbytes";
  return "w_bit" in settings || "zero_point" in settings ? "awq" : undefined;
}
