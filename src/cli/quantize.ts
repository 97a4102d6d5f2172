import { resolve } from "node:path";
import { resolveQuantType } from "../core/gguf/quantLevels";
import { HumanError } from "../protocol/humanError";
import { quantTypes, type Recipe } from "../protocol/model";
import { type Command, type Invocation, json, onePositional, optionalWord, requireText } from "./command";
import { formatBytes } from "../core/format";
import { checkCompensated, gptq } from "./lab/gptq";
import { readingDetails, readingOptions } from "./lab/labText";
import { checkPlace } from "./outputPlace";
import { modelFor } from "./studyOptions";

export const quantize: Command = {
  name: "quantize",
  usage: "quantize IN --type T [--imatrix F] [--rounding gptq --text F…] [--out F] [--dry-run]",
  summary: "Write a smaller version of a model (Q4_K_M, Q8_0, INT8, INT4, …)",
  details: ["  --rounding gptq  error-compensated rounding (GPTQ) for Q4_0, Q4_1 and Q8_0, by what the model computes on the text", ...readingDetails],
  options: { ...readingOptions, type: { type: "string" }, imatrix: { type: "string" }, rounding: { type: "string" }, out: { type: "string" }, "dry-run": { type: "boolean" } },
  async run(invocation) {
    const { services, output, token } = invocation;
    const input = onePositional(invocation, "model");
    const asked = requireText(invocation, "type", "Q4_K_M");
    const type = resolveQuantType(asked);
    if (!type) throw new HumanError("badArgument", `"${asked}" is no level. Choose one of ${quantTypes.join(", ")}.`);
    const { imatrix } = invocation.options;
    const isCompensated = optionalWord(invocation, "rounding", ["gptq"]) !== undefined;
    if (isCompensated) checkCompensated(invocation, type);
    else for (const option of Object.keys(readingOptions)) if (invocation.options[option] !== undefined) throw new HumanError("badArgument", `--${option} goes with --rounding gptq.`);
    const recipe: Recipe = { type, ...(typeof imatrix === "string" && { imatrix: resolve(imatrix) }) };
    const model = await modelFor(invocation, input);
    if (invocation.options["dry-run"]) return dryRun(invocation);
    const out = invocation.options.out;
    checkPlace(model, typeof out === "string" ? out : undefined);
    if (isCompensated) return gptq(invocation, model, type, typeof out === "string" ? resolve(out) : undefined);
    const target = typeof out === "string" ? resolve(out) : services.jobs.outputPath(model, recipe);
    for await (const event of services.jobs.quantize(model, recipe, token, target)) {
      if (event.kind === "progress") {
        const { tensor, tensors, secondsLeft } = event.progress;
        output.progress(`Tensor ${tensor} of ${tensors}${secondsLeft === undefined ? "" : `, about ${Math.ceil(secondsLeft)} s left`}`);
        continue;
      }
      const { path, bytes, bitsPerWeight, fallbacks, seconds } = event.result;
      const note = fallbacks > 0 ? `, ${fallbacks} tensors kept a larger type` : "";
      output.result(invocation.json
        ? json({ path, type, bytes, bitsPerWeight, fallbacks, seconds })
        : `${path}: ${type}, ${formatBytes(bytes)}, ${bitsPerWeight.toFixed(2)} bits per weight${note}, ${seconds.toFixed(1)} s`);
    }

    async function dryRun({ json: asJson }: Invocation): Promise<void> {
      const [size] = await services.jobs.sizes(model, token, [recipe]);
      if (!size) throw new HumanError("failed", "The dry run gave no answer.");
      if (size.problem) throw new HumanError("unsupported", size.problem);
      const { bytes, bitsPerWeight, fallbacks } = size;
      output.result(asJson ? json({ type, bytes, bitsPerWeight, fallbacks }) : `${type}: ${formatBytes(bytes)} (${bytes} bytes), ${bitsPerWeight.toFixed(2)} bits per weight, ${fallbacks} fallbacks`);
    }
  },
};
