import { resolve } from "node:path";
import { formatBytes } from "../core/format";
import { HumanError } from "../protocol/humanError";
import type { ConversionPlan } from "../protocol/model";
import { type ConversionType, conversionTypes } from "../protocol/rpc";
import { type Command, json, onePositional } from "./command";

export const convert: Command = {
  name: "convert",
  usage: `convert DIR [--out F] [--type ${conversionTypes.join("|")}] [--plan]`,
  summary: "Make a GGUF file of a Hugging Face checkpoint (safetensors, also GPTQ); --plan only tells what would come of it",
  options: { out: { type: "string" }, type: { type: "string" }, plan: { type: "boolean" } },
  async run(invocation) {
    const { services: { conversions }, output, options, token } = invocation;
    const folder = resolve(onePositional(invocation, "folder of a checkpoint"));
    const type = typeOf(options.type);
    if (typeof options.out === "string" && !/\.gguf$/i.test(options.out)) throw new HumanError("badArgument", `--out takes a name that ends in .gguf, not "${options.out}".`);
    const plan = await conversions.plan(folder, type, token);
    const target = typeof options.out === "string" ? resolve(options.out) : conversions.outputPath(folder, plan);
    if (options.plan) {
      output.result(invocation.json ? json({ ...plan, path: target }) : lines(plan).join("\n"));
      return;
    }
    for await (const event of conversions.convert(folder, type, token, target)) {
      if (event.kind === "progress") {
        const { tensor, tensors, secondsLeft } = event.progress;
        output.progress(`Tensor ${tensor} of ${tensors}${secondsLeft === undefined ? "" : `, about ${Math.ceil(secondsLeft)} s left`}`);
        continue;
      }
      const { result } = event;
      output.result(invocation.json ? json(result) : [`${result.path}: ${result.seconds.toFixed(1)} s`, ...lines(result)].join("\n"));
    }
  },
};

function typeOf(asked: string | boolean | undefined): ConversionType {
  const name = String(asked ?? "auto");
  const type = conversionTypes.find((each) => each.toLowerCase() === name.toLowerCase());
  if (!type) throw new HumanError("badArgument", `"${name}" is no type. Choose one of ${conversionTypes.join(", ")}.`);
  return type;
}

function lines({ architecture, parameters, type, bytes, tensors, gptq, notes }: ConversionPlan): readonly string[] {
  const millions = (parameters / 1e6).toFixed(parameters < 1e8 ? 1 : 0);
  return [`${architecture}, ${millions} million weights, ${type}, ${tensors} tensors, ${formatBytes(bytes)} (${bytes} bytes)`, ...(gptq === undefined ? [] : [`GPTQ: ${gptq}`]), ...notes];
}
