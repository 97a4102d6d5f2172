import { resolve } from "node:path";
import type { LoadWishes } from "../core/fit/loadPlan";
import { formatBytes } from "../core/format";
import { HumanError } from "../protocol/humanError";
import type { AdapterUse, LoadedModel, ModelFile } from "../protocol/model";
import { modelName } from "../services/models/modelLibrary";
import type { ModelLoader } from "../services/loading/modelLoader";
import { type Command, type Invocation, json, onePositional, optionalCount, severalTexts } from "./command";
import { cacheOf, modelFor } from "./studyOptions";

/** Beyond twice what it was trained for, an adapter drowns the model. */
const largestScale = 2;

export const plan: Command = {
  name: "plan",
  usage: "plan FILE [--context N] [--cache-type F16|Q8_0|Q4_0] [--gpu-layers N] [--adapter F[:SCALE]]… [--load]",
  summary: "How a model would be loaded on this machine, and why; --load does it and tells what it took",
  options: { context: { type: "string" }, "cache-type": { type: "string" }, "gpu-layers": { type: "string" }, adapter: { type: "string", multiple: true }, load: { type: "boolean" } },
  async run(invocation) {
    const { options, output, services } = invocation;
    const model = await modelFor(invocation, onePositional(invocation, "model"));
    const adapters = severalTexts(invocation, "adapter").map(adapterOf);
    const loader = services.loader(wishesOf(invocation));
    const made = await loader.plan(model, { adapters });
    const taken = options.load === true ? await load(invocation, loader, model, adapters) : undefined;
    if (invocation.json) return output.result(json({ plan: made, ...taken }));
    output.result([`${modelName(model)}:`, ...made.reasons, made.warning, made.refusal, unknownArchitecture(model), taken && takenWords(taken)].filter((line) => line !== undefined).join("\n"));
  },
};

function unknownArchitecture({ architecture }: ModelFile): string | undefined {
  return architecture === "unknown" ? "The header does not say which architecture the model has: llama.cpp will not load it." : undefined;
}

function wishesOf(invocation: Invocation): LoadWishes {
  const contextSize = optionalCount(invocation, "context");
  const cacheType = cacheOf(invocation.options["cache-type"], "cache-type");
  const layers = invocation.options["gpu-layers"];
  // No layer is an answer too.
  const gpuLayers = layers === "0" ? 0 : optionalCount(invocation, "gpu-layers");
  return { ...(contextSize !== undefined && { contextSize }), ...(cacheType && { cacheType }), ...(gpuLayers !== undefined && { gpuLayers }) };
}

/** "style.gguf" or "style.gguf:0.5". */
export function adapterOf(value: string): AdapterUse {
  const [, path = value, scale = "1"] = /^(.+):(-?\d*\.?\d+)$/.exec(value) ?? [];
  if (path === "") throw new HumanError("badArgument", "--adapter takes a file, and a scale behind a colon where it is not 1, e.g. --adapter style.gguf:0.5.");
  if (Number(scale) < 0 || Number(scale) > largestScale) throw new HumanError("badArgument", `The scale of an adapter is from 0 (switched off) to ${largestScale}, e.g. 1 as it was trained, not ${scale}.`);
  return { path: resolve(path), scale: Number(scale) };
}

interface Taken {
  readonly loaded: LoadedModel;
  /** Resident memory of the runtime, bytes. */
  readonly before: number;
  readonly after: number;
}

async function load({ services, output, token }: Invocation, loader: ModelLoader, model: ModelFile, adapters: readonly AdapterUse[]): Promise<Taken> {
  const before = (await services.runtime.meter()).residentMemory;
  output.progress("Loading the model");
  const loaded = await loader.load(model, token, { adapters });
  return { loaded, before, after: (await services.runtime.meter()).residentMemory };
}

function takenWords({ loaded, before, after }: Taken): string {
  const adapters = loaded.adapters?.length ? `, ${loaded.adapters.length} adapter${loaded.adapters.length > 1 ? "s" : ""}` : "";
  return `Loaded: ${loaded.contextSize.toLocaleString("en-US")} tokens of context as ${loaded.cacheType ?? "F16"}, ${loaded.gpuLayers} layers on the GPU${adapters}. The runtime holds ${formatBytes(after)}, ${formatBytes(Math.max(0, after - before))} more than before.`;
}
