import { formatBytes } from "../../core/format";
import { type GptqType, gptqTypes } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile, QuantType } from "../../protocol/model";
import { type Invocation, json, severalTexts } from "../command";
import { readingOf, requiredText } from "./labText";
import { resultOf } from "./workProgress";

/** Refuses what error-compensated rounding cannot do. */
export function checkCompensated(invocation: Invocation, type: QuantType): asserts type is GptqType {
  const { options } = invocation;
  if (!(gptqTypes as readonly string[]).includes(type)) throw new HumanError("badArgument", `--rounding gptq makes ${gptqTypes.join(", ")}, not ${type}.`);
  if (options.imatrix !== undefined) throw new HumanError("badArgument", "--rounding gptq reads the text itself: give --text, not --imatrix.");
  if (options["dry-run"]) throw new HumanError("badArgument", `--rounding gptq changes no size: take --dry-run without it.`);
  if (severalTexts(invocation, "text").length === 0) throw new HumanError("badArgument", "--rounding gptq needs a text that the model reads: add --text F.");
}

export async function gptq(invocation: Invocation, model: ModelFile, type: QuantType, out: string | undefined): Promise<void> {
  const { services, output, token } = invocation;
  checkCompensated(invocation, type);
  const text = await requiredText(invocation);
  const result = await resultOf(output, services.lab.pruning.gptq(model, type, text, token, out, readingOf(invocation)), "Rounding");
  if (invocation.json) return output.result(json(result));
  const { path, bytes, bitsPerWeight, compensated, outputError, notes, seconds } = result;
  output.result([
    `${path}: ${type}, ${formatBytes(bytes)}, ${bitsPerWeight.toFixed(2)} bits per weight, ${compensated} matrices compensated, ${seconds.toFixed(1)} s`,
    `Error of their outputs on the text: ${percent(outputError.compensated)}, with plain rounding ${percent(outputError.plain)}`,
    ...notes,
  ].join("\n"));
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(3)} %`;
}
