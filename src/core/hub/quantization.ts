/** How a checkpoint says that its weights are quantized. */
export interface Quantization {
  /** Lower case, e.g. "gptq", "awq", "fp8". */
  readonly method: string;
  readonly bits?: number;
  /** -1: one group per row. */
  readonly groupSize?: number;
  readonly actOrder?: boolean;
}

/** Methods by their tag, where there is no config.json to ask. */
const methodTags = ["gptq", "awq", "bitsandbytes", "fp8", "compressed-tensors", "eetq", "hqq", "aqlm", "mxfp4"];

/**
 * From config.json (`quantization_config`), from AutoGPTQ's quantize_config.json, or from the hub's tags.
 * Undefined where the weights are plain numbers.
 */
export function quantizationOf(config: unknown, quantizeConfig: unknown, tags: readonly string[]): Quantization | undefined {
  const told = record(record(config)?.quantization_config);
  const older = record(quantizeConfig);
  const tag = methodTags.find((method) => tags.includes(method));
  const method = text(told?.quant_method) ?? (told || older?.bits === undefined ? undefined : "gptq") ?? tag ?? (told && "unnamed");
  if (method === undefined) return undefined;
  const number = (key: string): number | undefined => [told?.[key], older?.[key]].find((value) => Number.isSafeInteger(value)) as number | undefined;
  const actOrder = [told?.desc_act, older?.desc_act].find((value) => typeof value === "boolean") as boolean | undefined;
  return { method: method.toLowerCase(), bits: number("bits"), groupSize: number("group_size"), actOrder };
}

/** e.g. "GPTQ 4-bit, groups of 128, act-order". */
export function quantizationLabel({ method, bits, groupSize, actOrder }: Quantization): string {
  const parts = [bits === undefined ? method.toUpperCase() : `${method.toUpperCase()} ${bits}-bit`];
  if (groupSize !== undefined && groupSize > 0) parts.push(`groups of ${groupSize}`);
  if (actOrder) parts.push("act-order");
  return parts.join(", ");
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && /^[\w-]{1,40}$/.test(value) ? value : undefined;
}
