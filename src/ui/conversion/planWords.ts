import type { ConversionPlan } from "../../protocol/model";
import { formatBytes, formatCount } from "../format";

/** Notes beyond these would make the dialog taller than the window. */
const shownNotes = 6;

/** e.g. "Convert tiny-llama to BF16 (2.0 GiB)?" */
export function planQuestion(name: string, plan: ConversionPlan): string {
  return `Convert ${name} to ${plan.type} (${formatBytes(plan.bytes)})?`;
}

/** Architecture, size, grid, what to know, where it goes and what is free there. */
export function planDetail(plan: ConversionPlan, output: string, freeBytes: number | undefined): string {
  const { architecture, parameters, tensors, gptq, notes } = plan;
  const more = notes.length - shownNotes;
  return [
    `${architecture}, ${formatCount(parameters)} weights in ${tensors.toLocaleString("en")} tensors.`,
    ...(gptq ? [`GPTQ: ${gptq}.`] : []),
    ...notes.slice(0, shownNotes),
    ...(more > 0 ? [`And ${more} more ${more === 1 ? "note" : "notes"}: the log lists them.`] : []),
    `It is written to ${output}${freeBytes === undefined ? "" : `, where ${formatBytes(freeBytes)} are free`}.`,
  ].join("\n\n");
}

export const conversionTypeDetails = {
  auto: "As the checkpoint is; of a GPTQ checkpoint the level that loses nothing, where there is one",
  F32: "Four bytes a weight: exact for every checkpoint",
  F16: "Two bytes a weight; very large or small numbers of a BF16 checkpoint are cut",
  BF16: "Two bytes a weight, with the range of F32",
  Q8_0: "About one byte a weight: half of F16, with hardly a loss",
} as const;
